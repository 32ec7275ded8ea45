/** Where the last token of a text stood: its tag, its step, and what the text ends with. */
export interface Place {
  tag: string;
  /** Step and agent; empty where they do not matter. */
  step: string;
  /** At most two characters; empty before the text begins. */
  ending: string;
}

/** The place before the first token. */
export function newPlace(): Place {
  return { tag: '', step: '', ending: '' };
}

/** Tags whose tokens stand apart from what surrounds them. */
const BLOCKS: ReadonlySet<string> = new Set(['header', 'summary']);

/**
 * The blank line or line end that belongs ahead of a token. Upstream sends headings, summary lines
 * and the words of several agents as bare tokens, told apart only by fields beside them.
 */
export function gapBefore(place: Place, tag: string, step: string, shown: string): string {
  const isOwnBlock = tag !== place.tag && (BLOCKS.has(tag) || BLOCKS.has(place.tag));
  const isNewStep = step !== place.step;
  const isItem = tag === 'summary' && shown.startsWith('- ');
  const { ending } = place;
  place.tag = tag;
  place.step = step;
  place.ending = (ending + shown).slice(-2);
  if (ending === '') return '';
  if (isOwnBlock || isNewStep) return blankLine(ending, shown);
  return isItem && !ending.endsWith('\n') ? '\n' : '';
}

/** As many line ends as are missing between the two for a blank line. */
function blankLine(ending: string, shown: string): string {
  const before = ending === '\n\n' ? 2 : ending.endsWith('\n') ? 1 : 0;
  const after = shown.startsWith('\n\n') ? 2 : shown.startsWith('\n') ? 1 : 0;
  return '\n'.repeat(Math.max(0, 2 - before - after));
}
