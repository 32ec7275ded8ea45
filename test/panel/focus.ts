import type { Locator, Page } from 'playwright-core';

/** Whether the keyboard is in this element. */
export function hasFocus(element: Locator): Promise<boolean> {
  return element.evaluate((one) => one.matches(':focus'));
}

/** The tag of the element that has the focus, however deep in shadow roots. */
export function focusedTag(page: Page): Promise<string> {
  return page.evaluate<string>(DEEPEST);
}

const DEEPEST = `(() => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active?.tagName.toLowerCase() ?? '';
})()`;
