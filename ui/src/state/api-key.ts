/** The API key that the playgrounds call with: kept by this tab only, and forgotten with it. */

const KEPT = 'api-key';

/** Told on `window` when another key is used. */
export class ApiKeyChangedEvent extends Event {
  constructor() {
    super('api-key-changed');
  }
}

let current = read();

/** Empty when there is none yet. */
export function apiKey(): string {
  return current;
}

export function useApiKey(next: string): void {
  if (next === current) return;
  current = next;
  try {
    if (next === '') sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, next);
  } catch {
    // A browser that keeps nothing asks again after a reload.
  }
  window.dispatchEvent(new ApiKeyChangedEvent());
}

function read(): string {
  try {
    return sessionStorage.getItem(KEPT) ?? '';
  } catch {
    return '';
  }
}
