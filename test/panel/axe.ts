import axeCore from 'axe-core';
import type { Page } from 'playwright-core';

/** Inside the page, once its source has been evaluated there. */
declare const axe: typeof axeCore;

/** What axe-core finds serious or critical in what a page shows now. One sentence an element. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // As text through the debugger: the policy of the panel allows no script of a test.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeCore.source);
  const { violations } = await page.evaluate(() =>
    axe.run({
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
    }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => {
        const why = failureSummary?.split('\n').slice(1).join(' ').trim() ?? '';
        return `${id}: ${help}: ${target.flat().join(' ')}: ${why}`;
      }),
    );
}
