/** The language of the page: chosen by the reader, else the browser's. */

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

const KEPT = 'language';

/** Told on `document` after the language has changed. */
export class LanguageChangedEvent extends Event {
  constructor() {
    super('language-changed');
  }
}

export function language(): Language {
  return document.documentElement.lang === 'zh' ? 'zh' : 'en';
}

/** Takes the kept language, or the browser's first that is known. */
export function startLanguage(): void {
  const kept = read();
  document.documentElement.lang =
    kept ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');
}

export function chooseLanguage(next: Language): void {
  document.documentElement.lang = next;
  try {
    localStorage.setItem(KEPT, next);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
  document.dispatchEvent(new LanguageChangedEvent());
}

function read(): Language | null {
  try {
    const kept = localStorage.getItem(KEPT);
    return LANGUAGES.find((known) => known === kept) ?? null;
  } catch {
    return null;
  }
}
