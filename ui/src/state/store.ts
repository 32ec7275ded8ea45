import type { ReactiveControllerHost } from 'lit';

/** What a page shows and its visits do not end: work that goes on while another page is open. */
export class Store extends EventTarget {
  #isTold = false;

  /** Tells whoever shows this, at most once a moment however much comes in. */
  protected changed(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    setTimeout(() => {
      this.#isTold = false;
      this.dispatchEvent(new Event('changed'));
    }, TOLD_EVERY_MS);
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
