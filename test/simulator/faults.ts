/** Words that change how a credential is treated. README.md says what each one does. */
const FLAGS = [
  'unauthorized',
  'banned',
  'antibot',
  'challenge',
  'moderated',
  'nobalance',
  'limited',
  'limitedhtml',
  'inband7',
  'inband8',
  'inband8late',
  'usagelimit',
  'streamerror',
  'cut',
  'cutfirst',
  'earlyend',
  'silent',
  'stall',
  'e500counts',
  'e500',
  'e503',
  'once500',
  'noread',
  'badjson',
  'dataprefix',
  'joined',
  'split',
  'nonewline',
  'keepalive',
  'thinking',
  'nousage',
  'statsig',
  'clearance',
  'agent',
  'nosession',
  'blockedsession',
  'attachfirst',
  'citing',
  'terminalerror',
  'uploadidonly',
  'oneimage',
  'noimage',
  'modimage',
  'modall',
  'cutvideo',
  'failvideo',
  'modvideo',
  'noupscale',
  'noassets',
  'noreferences',
  'sdvideo',
  'modslot',
  'previewonly',
  'errorframe',
  'earlyclose',
  'foreign',
  'idleclose',
] as const;
export type Flag = (typeof FLAGS)[number];

/** What a credential's name asks for. */
export interface Script {
  has(flag: Flag): boolean;
  /** `q<n>`: units a window of each bucket; null when the name does not say. */
  readonly quotaUnits: number | null;
  /** `window<s>`. */
  readonly windowS: number;
  /** `limited<s>`. */
  readonly retryAfterS: number | null;
  /** `slow<ms>`: before the body's first byte. */
  readonly slowMs: number;
  /** `slowhead<ms>`: before the response head. */
  readonly slowHeadMs: number;
  /** `slowread<ms>`: before the answer of a rate-limit reading, after it was taken. */
  readonly slowReadMs: number;
  /** `flaky<p>`: percent of calls. */
  readonly flakyPercent: number;
  /** `unsteady<p>`: percent of counted calls. */
  readonly unsteadyPercent: number;
  /** `tokens<n>`: words of the answer; null means the echo. */
  readonly answerTokens: number | null;
  /** `pace<ms>`: between tokens. */
  readonly paceMs: number;
  /** `videodelay<ms>`: from the cut of `cutvideo` until the video can be read. */
  readonly videoDelayMs: number;
}

const DEFAULT_WINDOW_S = 7_200;
const KNOWN: ReadonlySet<string> = new Set(FLAGS);

/** Reads the words of a credential's name, such as `a7-q8-slow200`. Unknown words are only a name. */
export function scriptOf(name: string): Script {
  const flags = new Set<string>();
  const numbers = new Map<string, number>();
  for (const word of name.split('-')) {
    if (KNOWN.has(word)) {
      flags.add(word);
      continue;
    }
    const match = /^([a-z]+)(\d+)$/.exec(word);
    if (match?.[1] !== undefined) numbers.set(match[1], Number(match[2]));
  }
  if (numbers.has('limited')) flags.add('limited');
  return {
    has: (flag) => flags.has(flag),
    quotaUnits: numbers.get('q') ?? null,
    windowS: numbers.get('window') ?? DEFAULT_WINDOW_S,
    retryAfterS: numbers.get('limited') ?? null,
    slowMs: numbers.get('slow') ?? 0,
    slowHeadMs: numbers.get('slowhead') ?? 0,
    slowReadMs: numbers.get('slowread') ?? 0,
    flakyPercent: numbers.get('flaky') ?? 0,
    unsteadyPercent: numbers.get('unsteady') ?? 0,
    answerTokens: numbers.get('tokens') ?? null,
    paceMs: numbers.get('pace') ?? 0,
    videoDelayMs: numbers.get('videodelay') ?? 0,
  };
}

/** Whether call `number` (1 is the first) of a credential fails with an uncounted 500. Same name, same fate. */
export function isUnlucky(
  name: string,
  number: number,
  luck: { readonly once500: boolean; readonly flakyPercent: number },
): boolean {
  if (luck.once500 && number === 1) return true;
  return luck.flakyPercent > 0 && hash(`${name}:${number}`) % 100 < luck.flakyPercent;
}

/** How a counted call of an `unsteady<p>` name goes wrong; `pause` is a second of silence. */
const MISHAPS = ['e500counts', 'cutfirst', 'cut', 'streamerror', 'pause'] as const;
const PAUSE_MS = 1_000;

/** What the script means for counted call `number` of a credential. Same name, same fate. */
export function scriptOfCall(script: Script, name: string, number: number): Script {
  const drawn = hash(`${name}:mishap:${number}`);
  if (drawn % 100 >= script.unsteadyPercent) return script;
  const mishap = MISHAPS[Math.floor(drawn / 100) % MISHAPS.length] ?? 'cut';
  if (mishap === 'pause') return { ...script, slowMs: PAUSE_MS };
  return { ...script, has: (flag) => flag === mishap || script.has(flag) };
}

/** FNV-1a with a final mix, so that neighbouring numbers land far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
