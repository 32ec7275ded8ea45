import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** The panel's own addresses: a page a path, filters in the query. */

/** Told on `window` after the address has changed. */
class AddressChangedEvent extends Event {
  constructor() {
    super('address-changed');
  }
}

/** Goes to a page of the panel. */
export function go(path: string, options: { readonly replace?: boolean } = {}): void {
  if (options.replace === true) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  window.dispatchEvent(new AddressChangedEvent());
}

/** Writes filters into the address, so that a reload and a shared link show the same. */
export function setQuery(values: Readonly<Record<string, string>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  history.replaceState(history.state, '', location.pathname + (text === '' ? '' : `?${text}`));
}

/** Only what is opened from within this page is closed by going back. */
const OPENED = 'opened';

/**
 * Opens one thing of a list under the address of its own, or with an empty id closes it: "back" then
 * closes it as well, and does not leave the page.
 */
export function openDetail(id: string): void {
  const isOpen = queryValue('id') !== '';
  const state: unknown = history.state;
  if (id === '' && isOpen && state === OPENED) goBackOnce();
  else if (id !== '' && !isOpen) history.pushState(OPENED, '', location.href);
  if (id !== '' || state !== OPENED) setQuery({ id });
}

let isGoingBack = false;

/** Going back takes a moment: asked for twice, it would leave the page. */
function goBackOnce(): void {
  if (isGoingBack) return;
  isGoingBack = true;
  window.addEventListener('popstate', () => (isGoingBack = false), { once: true });
  history.back();
}

export function queryValue(name: string): string {
  return new URLSearchParams(location.search).get(name) ?? '';
}

/** Tells a page that a link to itself was followed, or the way back; what leads elsewhere is not told. */
export class OwnAddress implements ReactiveController {
  readonly #changed: () => void;
  #path = '';

  constructor(host: ReactiveControllerHost, changed: () => void) {
    this.#changed = changed;
    host.addController(this);
  }

  hostConnected(): void {
    this.#path = location.pathname;
    window.addEventListener('popstate', this.#moved);
    window.addEventListener('address-changed', this.#moved);
  }

  hostDisconnected(): void {
    window.removeEventListener('popstate', this.#moved);
    window.removeEventListener('address-changed', this.#moved);
  }

  readonly #moved = (): void => {
    if (location.pathname === this.#path) this.#changed();
  };
}

/** Renders its host again when the address changes, and turns clicks on own links into `go`. */
export class Address implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #changed = (): void => this.#host.requestUpdate();

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get path(): string {
    return location.pathname;
  }

  hostConnected(): void {
    window.addEventListener('popstate', this.#changed);
    window.addEventListener('address-changed', this.#changed);
    document.addEventListener('click', followOwnLink);
  }

  hostDisconnected(): void {
    window.removeEventListener('popstate', this.#changed);
    window.removeEventListener('address-changed', this.#changed);
    document.removeEventListener('click', followOwnLink);
  }
}

/** A plain click on a link to `/admin/…` stays in this page. */
function followOwnLink(event: MouseEvent): void {
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (!isPlain || event.defaultPrevented) return;
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (link === undefined || link.target !== '' || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !url.pathname.startsWith('/admin')) return;
  event.preventDefault();
  go(url.pathname + url.search);
}
