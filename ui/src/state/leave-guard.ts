import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { go } from '../app/router';

export interface Unsaved {
  /** Something would be lost. */
  readonly isDirty: () => boolean;
  /** Asks the reader whether to leave all the same; true forgets what is unsaved. */
  readonly ask: () => Promise<boolean>;
}

const guards = new Set<Unsaved>();

/** Asks for whatever is unsaved in the page; false when the reader stays. */
export async function mayLeave(): Promise<boolean> {
  for (const { isDirty, ask } of guards) if (isDirty() && !(await ask())) return false;
  return true;
}

/** Asks before its host's unsaved changes are left behind: by a link, by "back", by closing the page. */
export class LeaveGuard implements ReactiveController {
  readonly #unsaved: Unsaved;
  #address = '';

  constructor(host: ReactiveControllerHost, unsaved: Unsaved) {
    this.#unsaved = unsaved;
    host.addController(this);
  }

  hostConnected(): void {
    this.#address = location.pathname;
    guards.add(this.#unsaved);
    window.addEventListener('beforeunload', this.#unload);
    window.addEventListener('click', this.#click, { capture: true });
    window.addEventListener('popstate', this.#back, { capture: true });
  }

  hostDisconnected(): void {
    guards.delete(this.#unsaved);
    window.removeEventListener('beforeunload', this.#unload);
    window.removeEventListener('click', this.#click, { capture: true });
    window.removeEventListener('popstate', this.#back, { capture: true });
  }

  readonly #unload = (event: BeforeUnloadEvent): void => {
    if (this.#unsaved.isDirty()) event.preventDefault();
  };

  readonly #click = (event: MouseEvent): void => {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (link === undefined || !isPlain || !this.#unsaved.isDirty()) return;
    const { origin, pathname, search } = new URL(link.href);
    const isHere = origin !== location.origin || pathname === location.pathname;
    if (isHere || link.target !== '' || link.hasAttribute('download')) return;
    event.preventDefault();
    void this.#leave(pathname + search);
  };

  readonly #back = (event: PopStateEvent): void => {
    if (location.pathname === this.#address || !this.#unsaved.isDirty()) return;
    event.stopImmediatePropagation();
    const wanted = location.pathname + location.search;
    history.pushState(null, '', this.#address);
    void this.#leave(wanted);
  };

  async #leave(address: string): Promise<void> {
    if (await this.#unsaved.ask()) go(address);
  }
}
