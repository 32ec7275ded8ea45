import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
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

const Overview = z.object({ tokens: z.number() });

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

  it.each([
    { language: 'en', range: 'Time range', limit: 'Daily limit of the key reached' },
    { language: 'zh', range: '时间范围', limit: '密钥达到每日上限' },
  ] as const)(
    'shows a dashboard whose pool adds up, and why requests were refused: $language',
    async ({ language, range, limit }) => {
      const watched = await world.visit.open('/admin', { language });
      const { page } = watched;
      const rows = await page.locator('pool-health section').first().locator('tbody tr').all();
      const cells = await Promise.all(rows.map((row) => row.locator('td').allInnerTexts()));
      const shown = cells
        .flatMap((row) => row.slice(2))
        .reduce((sum, text) => sum + Number(text), 0);
      const { tokens } = Overview.parse(await world.gateway.admin('GET', 'overview'));
      expect(shown).toBe(tokens);
      await page.getByText(limit).first().waitFor();
      await page.getByLabel(range).selectOption('1');
      await expect.poll(() => new URL(page.url()).search).toBe('?days=1');
      await expect.poll(() => page.locator('usage-charts time-chart').count()).toBe(3);
      expect(await faultsOf(page, language)).toEqual([]);
      expect(watched.problems.take()).toEqual([]);
      await watched.close();
    },
  );

  it('reads the dashboard anew while it is live, and not otherwise', async () => {
    const watched = await world.visit.open('/admin');
    const { page } = watched;
    await page.clock.install();
    let asked = 0;
    page.on('request', (request) => (asked += request.url().endsWith('/overview') ? 1 : 0));
    const startedAt = Date.now();
    await world.visit.go(watched, '/admin');
    // Once, and once more for each ten seconds that a slow machine has taken.
    expect(asked).toBeGreaterThanOrEqual(1);
    expect(asked).toBeLessThanOrEqual(1 + Math.floor((Date.now() - startedAt) / 10_000));
    const atFirst = asked;
    await page.clock.fastForward(10_000);
    await expect.poll(() => asked).toBeGreaterThan(atFirst);
    await page.getByLabel('Live').uncheck();
    await watched.problems.untilQuiet();
    const whileLive = asked;
    await page.clock.fastForward(10_000);
    await watched.problems.untilQuiet();
    expect(asked).toBe(whileLive);
    expect(watched.problems.take()).toEqual([]);
    await watched.close();
  });

  it.each([
    { language: 'en', kind: 'Kind', state: 'State' },
    { language: 'zh', kind: '类型', state: '状态' },
  ] as const)('narrows the models by text, kind and state: $language', async (words) => {
    const watched = await world.visit.open('/admin/models', { language: words.language });
    const { page } = watched;
    const count = () => page.locator('models-page tbody tr').count();
    const all = await count();
    await page.getByLabel(words.kind, { exact: true }).selectOption('video');
    await expect.poll(count).toBeLessThan(all);
    await page.getByLabel(words.state, { exact: true }).selectOption('off');
    await expect.poll(() => new URL(page.url()).search).toBe('?kind=video&serving=off');
    await page.locator('nav a[href="/admin/models"]:visible').first().click();
    await expect.poll(count).toBe(all);
    await page.locator('models-page input[type=search]').fill('grok-4-heavy');
    await expect.poll(count).toBeLessThan(6);
    expect(await faultsOf(page, words.language)).toEqual([]);
    expect(watched.problems.take()).toEqual([]);
    await watched.close();
  });

  it('loads at most 150 KiB for login and dashboard', async () => {
    const first = await weighFirstPage(world.visit.browser, world.gateway.url, ADMIN);
    process.stdout.write(`${describeFirstPage(first)}\n`);
    expect(first.gzipBytes).toBeLessThanOrEqual(MOST_BYTES);
    // The measurement itself: the page, its script, its style, the dashboard's own script.
    expect(first.files.length).toBeGreaterThanOrEqual(4);
  });
});
