/** Walks over what is shown, through shadow roots and slots. */

/** Every element of the page, those of shadow roots included. */
export function* elements(root: Document | ShadowRoot = document): Generator<Element> {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot !== null) yield* elements(element.shadowRoot);
  }
}

/** Where an element is drawn: its slot, its parent, or the host of its shadow root. */
export function drawnIn(element: Element): Element | null {
  if (element.assignedSlot !== null) return element.assignedSlot;
  if (element.parentElement !== null) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

export function* ancestors(element: Element): Generator<Element> {
  for (let at = drawnIn(element); at !== null; at = drawnIn(at)) yield at;
}

/** Drawn, with an area; what is kept for screen readers only (a pixel) is not. */
export function isShown(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  if (width <= 1 || height <= 1) return false;
  return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}

/** `tokens-page > data-table > button.plain "Delete"`, for a list of faults. */
export function nameOf(element: Element): string {
  const hosts = [...ancestors(element)].filter(({ localName }) => localName.includes('-'));
  const path = hosts.map(({ localName }) => localName).reverse();
  const classes = [...element.classList].map((name) => `.${name}`).join('');
  const words = (element.getAttribute('aria-label') ?? element.textContent ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return `${[...path.slice(-3), element.localName + classes].join(' > ')} "${words.slice(0, 40)}"`;
}
