import { newId } from './tab-store';

/** Work that one tab of a browser does at a time; another takes over when that tab is closed. */

const TAB = newId();
const BEAT_MS = 2_000;
/** Browsers slow the timers of a hidden page down to one a minute. */
const STALE_MS = 90_000;

/** Waits until no other tab does the work of this name, then does it. */
export async function inOneTab(name: string, work: () => Promise<void>): Promise<void> {
  // Over plain http there are no locks.
  if (navigator.locks !== undefined) await navigator.locks.request(name, work);
  else await withBeat(`beat:${name}`, work);
}

/** Says every now and then that this tab is at it. */
async function withBeat(key: string, work: () => Promise<void>): Promise<void> {
  while (isTaken(key)) await new Promise((resolve) => setTimeout(resolve, BEAT_MS));
  const beat = (): void => write(key, JSON.stringify({ tab: TAB, at: Date.now() }));
  const stop = (): void => write(key, null);
  beat();
  const timer = setInterval(beat, BEAT_MS);
  window.addEventListener('pagehide', stop);
  try {
    await work();
  } finally {
    clearInterval(timer);
    window.removeEventListener('pagehide', stop);
    stop();
  }
}

function isTaken(key: string): boolean {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('tab' in kept) || !('at' in kept)) {
      return false;
    }
    return kept.tab !== TAB && typeof kept.at === 'number' && Date.now() - kept.at < STALE_MS;
  } catch {
    return false;
  }
}

function write(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Nothing is shared between tabs that keep nothing.
  }
}
