/** What this tab keeps over a reload, as JSON. Nothing secret goes here. */

let isForgotten = false;

/**
 * Empties what this tab, and for jobs this browser, keeps of the person who was signed in: API key,
 * conversation, pictures, drafts. Nothing is kept any more until the page is loaded anew.
 */
export function forgetAll(): void {
  isForgotten = true;
  try {
    sessionStorage.clear();
    const keys = Object.keys(localStorage);
    for (const key of keys) if (!STAYS.has(key)) localStorage.removeItem(key);
  } catch {
    // Nothing is kept here.
  }
}

/** How the reader likes the panel to look, and whether somebody is signed in. */
const STAYS: ReadonlySet<string> = new Set(['language', 'theme', 'signed-in']);

/** @returns null when nothing is kept, or it cannot be read. */
export function readKept(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? 'null');
  } catch {
    return null;
  }
}

export function keep(name: string, value: unknown): void {
  if (isForgotten) return;
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Too much, or nothing is kept here: only a reload would miss it.
  }
}

/** Fields of a value that was kept; empty for anything but an object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export function textOf(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

let made = 0;

/** An id that is unique in this browser. `randomUUID` is missing over plain http. */
export function newId(): string {
  made++;
  return `${Date.now().toString(36)}-${made.toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}
