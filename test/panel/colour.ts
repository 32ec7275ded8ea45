import type { Locator } from 'playwright-core';

/**
 * The colour that a reader sees at a place of an element, as `rgb(…)`: what lies above it, such as the
 * mask of a dialog, has its part in it.
 */
export async function colourSeen(element: Locator, x: number, y: number): Promise<string> {
  const box = await element.boundingBox();
  if (box === null) throw new Error('it is not shown');
  const clip = { x: box.x + x, y: box.y + y, width: 1, height: 1 };
  const png = await element.page().screenshot({ clip });
  return element.page().evaluate((base64) => panelChecks.colourOf(base64), png.toString('base64'));
}
