/** Light, dark, or as the system has it. */

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEPT = 'theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export function theme(): Theme {
  try {
    const kept = localStorage.getItem(KEPT);
    return THEMES.find((known) => known === kept) ?? 'system';
  } catch {
    return 'system';
  }
}

/** Follows the kept choice, and the system where there is none. */
export function startTheme(): void {
  show(theme());
  dark.addEventListener('change', () => show(theme()));
}

export function chooseTheme(next: Theme): void {
  try {
    localStorage.setItem(KEPT, next);
  } catch {
    // A browser that keeps nothing follows its system.
  }
  show(next);
}

function show(chosen: Theme): void {
  const isDark = chosen === 'dark' || (chosen === 'system' && dark.matches);
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
}
