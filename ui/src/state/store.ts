import type { ReactiveControllerHost } from 'lit';

/** What a page shows and its visits do not end: work that goes on while another page is open. */
export class Store extends EventTarget {
  #isPlanned = false;
  #toldAt = 0;

  /** Tells whoever shows this, at most once a moment however much comes in. */
  protected changed(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    // What comes after a rest is told at once.
    const waitMs = Math.max(0, this.#toldAt + TOLD_EVERY_MS - performance.now());
    setTimeout(() => {
      this.#isPlanned = false;
      this.#toldAt = performance.now();
      this.dispatchEvent(new Event('changed'));
    }, waitMs);
  }
}

const TOLD_EVERY_MS = 40;

/** Renders an element again whenever a store has changed. */
export function watchStore(host: ReactiveControllerHost, store: Store): void {
  const changed = (): void => host.requestUpdate();
  host.addController({
    hostConnected() {
      store.addEventListener('changed', changed);
      changed();
    },
    hostDisconnected: () => store.removeEventListener('changed', changed),
  });
}
