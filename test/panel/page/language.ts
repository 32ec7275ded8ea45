import { dictionaries } from 'virtual:messages';
import { elements, isShown, nameOf } from './walk.ts';

/**
 * Words of the other language that are shown.
 *
 * In Chinese: a message of the English dictionaries. In English: a Chinese character. What `data` holds was
 * entered by people or came from upstream, and is in whatever language it is.
 */
export function untranslated(language: 'en' | 'zh', data: readonly string[]): string[] {
  const faults: string[] = [];
  const isForeign = language === 'en' ? hasChinese : foreignTo(language);
  for (const { words, element } of shownWords()) {
    const own = data.reduce((rest, known) => rest.replaceAll(known, ''), words).trim();
    const foreign = isForeign(own);
    if (foreign) faults.push(`not in ${language}: "${own.slice(0, 80)}" in ${nameOf(element)}`);
  }
  return faults;
}

const hasChinese = (words: string): boolean =>
  /[\u3400-\u9fff\u3001-\u3011\uff01-\uff5e]/.test(words);

interface Shown {
  readonly words: string;
  readonly element: Element;
}

const ATTRIBUTES = ['aria-label', 'title', 'placeholder', 'alt', 'aria-description'];

function* shownWords(): Generator<Shown> {
  yield { words: document.title.replace(/ · .*$/, ''), element: document.documentElement };
  for (const element of elements()) {
    // A language's own name is in that language; code and identifiers are in none.
    const isOther =
      element.closest('[lang]:not(html), .mono, pre, code, script, style, head') !== null;
    if (isOther || !(isShown(element) || element instanceof HTMLOptionElement)) continue;
    for (const node of element.childNodes) {
      const words = node instanceof Text ? node.data.replaceAll(/\s+/g, ' ').trim() : '';
      if (words !== '') yield { words, element };
    }
    for (const name of ATTRIBUTES) {
      const words = element.getAttribute(name)?.trim() ?? '';
      if (words !== '') yield { words, element };
    }
  }
}

/** Tests words against every message of the other language that differs in this one. */
function foreignTo(language: 'en' | 'zh'): (words: string) => boolean {
  const exact = new Set<string>();
  const known = new Set<string>();
  const sentences: string[] = [];
  const patterns: RegExp[] = [];
  const take = (own: unknown, other: unknown): void => {
    if (typeof own === 'string') known.add(own);
    if (typeof other === 'string') {
      if (own === other || !/\p{L}{2}/u.test(other)) return;
      exact.add(other);
      if (other.split(' ').length >= 4) sentences.push(other);
    } else if (typeof other === 'function') {
      const pattern = patternOf(other);
      if (pattern !== null) patterns.push(pattern);
    } else if (typeof other === 'object' && other !== null) {
      for (const [name, value] of Object.entries(other)) take(field(own, name), value);
    }
  };
  for (const dictionary of dictionaries) {
    take(dictionary[language], dictionary[language === 'en' ? 'zh' : 'en']);
  }
  return (words) =>
    (exact.has(words) && !known.has(words)) ||
    sentences.some((sentence) => words.includes(sentence)) ||
    patterns.some((pattern) => pattern.test(words));
}

function field(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
}

/** What a plural, or a sentence with something in it, looks like; with one word of its own only around figures. */
function patternOf(message: Function): RegExp | null {
  const made = made7(message);
  const own = made?.match(/\p{L}{3,}/gu)?.length ?? 0;
  if (made === null || own === 0) return null;
  const parts = made.split('7').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join(own === 1 ? '[\\d.,]+' : '.+')}$`);
}

function made7(message: Function): string | null {
  for (const name of [7, '7']) {
    try {
      const made: unknown = Reflect.apply(message, null, [name, name, name, name]);
      if (typeof made === 'string') return made;
    } catch {
      // It wanted something else than a number.
    }
  }
  return null;
}
