/** Longest unfinished tag that is held back; a longer one is shown as it is. */
const MAX_HELD_CHARS = 4 * 1024;
/** Longest element that is dropped; beyond it the text is shown again. */
const MAX_ELEMENT_CHARS = 64 * 1024;

/** Elements that are machine talk from their first character to their last. Never shown. */
const MACHINE_ELEMENTS = ['xai:tool_usage_card', 'grok:render'];

/** What stands in for a dropped `grok:render` element; empty for nothing. */
export type Render = (attributes: string, isAdjacent: boolean) => string;

/** Tags to take out of a text, prepared once for an answer. */
export interface TagRules {
  /** A whole opening or closing tag: closing slash, name, attributes. */
  readonly tag: RegExp;
  /** The closing tag of each name. */
  readonly ends: ReadonlyMap<string, RegExp>;
  /** `<name` and `</name`, in lower case. */
  readonly heads: readonly string[];
  /** Filters that name no tag: a token that contains one is dropped whole. */
  readonly words: readonly string[];
}

/** Rules by the list they were made from: the settings hand out the same list to every call. */
const known = new WeakMap<readonly string[], TagRules>();

/** Sorts filters into names of tags and other words. Machine elements are always among the tags. */
export function tagRules(filterTags: readonly string[]): TagRules {
  let rules = known.get(filterTags);
  if (rules === undefined) known.set(filterTags, (rules = makeRules(filterTags)));
  return rules;
}

function makeRules(filterTags: readonly string[]): TagRules {
  const names = new Set(MACHINE_ELEMENTS);
  const words: string[] = [];
  for (const filter of filterTags) {
    if (/^[\w:.-]+$/.test(filter)) names.add(filter.toLowerCase());
    else if (filter.trim() !== '') words.push(filter);
  }
  const escaped = [...names].map((name) => [name, name.replaceAll('.', '\\.')] as const);
  const alternatives = escaped.map(([, pattern]) => pattern).join('|');
  return {
    tag: new RegExp(`<(/?)(${alternatives})((?:[\\s/](?:"[^"]*"|'[^']*'|[^'">])*)?)>`, 'iy'),
    ends: new Map(escaped.map(([name, pattern]) => [name, new RegExp(`</${pattern}\\s*>`, 'ig')])),
    heads: [...names].flatMap((name) => [`<${name}`, `</${name}`]),
    words,
  };
}

/**
 * Takes tags out of a text that comes in tokens, also tags that are split over tokens.
 *
 * A machine element goes with all it holds. Of any other tag the markup goes and the text between
 * its ends stays, unless both ends come in one token, which then loses the whole element: the site
 * sends short cards as one token, but streams the body of a long artifact as the answer itself.
 */
export class TagFilter {
  readonly #rules: TagRules;
  readonly #render: Render;
  /** A `<…` that may still become one of the tags. */
  #held = '';
  /** The element being dropped, what replaces it, and how much of it has passed. */
  #element: { readonly name: string; readonly instead: string; chars: number } | null = null;
  /** No text has come since the last replacement. */
  #isAdjacent = false;

  constructor(rules: TagRules, render: Render) {
    this.#rules = rules;
    this.#render = render;
  }

  /** @returns what of the text so far may be shown now. */
  push(token: string): string {
    if (this.#rules.words.some((word) => token.includes(word))) return '';
    if (this.#held === '' && this.#element === null && !token.includes('<')) {
      if (token !== '') this.#isAdjacent = false;
      return token;
    }
    const text = this.#held + token;
    this.#held = '';
    let shown = '';
    for (let at = 0; at < text.length;) {
      const next = this.#element === null ? text.indexOf('<', at) : at;
      if (next !== at) {
        const plain = next === -1 ? text.slice(at) : text.slice(at, next);
        shown += this.#plain(plain);
        at += plain.length;
        continue;
      }
      const step = this.#element === null ? this.#atTag(text, at) : this.#inElement(text, at);
      shown += step.shown;
      at = step.next;
    }
    return shown;
  }

  /** The text has ended: gives what was held back for nothing. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    this.#element = null;
    // A whole head is a tag cut short; less than that was text.
    return this.#rules.heads.some((head) => held.toLowerCase().startsWith(head)) ? '' : held;
  }

  #plain(text: string): string {
    this.#isAdjacent = false;
    return text;
  }

  /** Decides on the `<` at this place. */
  #atTag(text: string, at: number): { shown: string; next: number } {
    const { tag } = this.#rules;
    tag.lastIndex = at;
    const found = tag.exec(text);
    if (found === null) {
      const rest = text.slice(at);
      if (!this.#mayBecomeTag(rest)) return { shown: this.#plain('<'), next: at + 1 };
      this.#held = rest;
      return { shown: '', next: text.length };
    }
    const [whole, slash = '', name = '', attributes = ''] = found;
    const next = at + whole.length;
    const lower = name.toLowerCase();
    if (slash !== '') return { shown: '', next };
    if (MACHINE_ELEMENTS.includes(lower)) {
      const instead = lower === 'grok:render' ? this.#render(attributes, this.#isAdjacent) : '';
      if (attributes.endsWith('/')) return { shown: this.#replace(instead), next };
      this.#element = { name: lower, instead, chars: 0 };
      return { shown: '', next };
    }
    return { shown: '', next: this.#endOf(lower, text, next) ?? next };
  }

  /** Passes over the element being dropped. */
  #inElement(text: string, at: number): { shown: string; next: number } {
    const element = this.#element;
    if (element === null) return { shown: '', next: at };
    const end = this.#endOf(element.name, text, at);
    if (end !== null) {
      this.#element = null;
      return { shown: this.#replace(element.instead), next: end };
    }
    element.chars += text.length - at;
    if (element.chars > MAX_ELEMENT_CHARS) {
      this.#element = null;
      return { shown: '', next: text.length };
    }
    // The end tag may be split: its possible beginning is looked at again with the next token.
    this.#held = text.slice(Math.max(at, text.length - element.name.length - '</>'.length));
    return { shown: '', next: text.length };
  }

  /** Where the text goes on after the closing tag; null when it is not there. */
  #endOf(name: string, text: string, from: number): number | null {
    const end = this.#rules.ends.get(name);
    if (end === undefined) return null;
    end.lastIndex = from;
    return end.test(text) ? end.lastIndex : null;
  }

  #replace(instead: string): string {
    if (instead !== '') this.#isAdjacent = true;
    return instead;
  }

  #mayBecomeTag(rest: string): boolean {
    if (rest.length > MAX_HELD_CHARS) return false;
    const lower = rest.toLowerCase();
    return this.#rules.heads.some((head) =>
      lower.length <= head.length
        ? head.startsWith(lower)
        : lower.startsWith(head) && /[\s/]/.test(lower.charAt(head.length)),
    );
  }
}
