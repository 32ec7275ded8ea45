import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../panel/axe.ts';
import type { Look, WatchedPage } from '../panel/browser.ts';
import { pagesOfPanel } from '../panel/pages.ts';
import { describeFirstPage, MOST_BYTES, weighFirstPage } from '../panel/weight.ts';
import { chromiumPath, faultsOf, openWorld, type PanelWorld } from '../panel/world.ts';
import { ADMIN } from './harness.ts';

/**
 * Every page of the panel in Chromium. What a page does is in `panel-<page>.test.ts`, made with `openWorld`
 * of `test/panel/world.ts`, which shows how.
 */

/** Between them: both languages, both themes, the widest and the narrowest. */
const LOOKS: readonly Look[] = [
  { size: 1280, language: 'en', theme: 'light' },
  { size: 390, language: 'zh', theme: 'dark' },
];

describe.skipIf(chromiumPath === null)('every page of the panel', () => {
  let world: PanelWorld;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  describe.each(LOOKS)('in $language, $theme, $size wide', (look) => {
    let watched: WatchedPage;
    beforeAll(async () => {
      watched = await world.visit.open('/admin', look);
    });
    afterAll(() => watched.close());

    it.each(pagesOfPanel())(
      'opens, fits, is translated and accessible: $name',
      async ({ path }) => {
        const { page, problems } = watched;
        await world.visit.go(watched, path);
        expect.soft(await faultsOf(page, look.language)).toEqual([]);
        expect.soft(await accessibilityFaults(page)).toEqual([]);
        expect.soft(problems.take()).toEqual([]);
      },
    );
  });

  it('loads at most 150 KiB for login and dashboard', async () => {
    const first = await weighFirstPage(world.visit.browser, world.gateway.url, ADMIN);
    process.stdout.write(`${describeFirstPage(first)}\n`);
    expect(first.gzipBytes).toBeLessThanOrEqual(MOST_BYTES);
    // The measurement itself: the page, its script, its style, the dashboard's own script.
    expect(first.files.length).toBeGreaterThanOrEqual(4);
  });
});
