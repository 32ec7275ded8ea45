import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WatchedPage } from '../panel/browser.ts';
import { HOSTILE } from '../panel/hostile.ts';
import { pagesOfPanel } from '../panel/pages.ts';
import { atRest, chromiumPath, dangersOf, openWorld, type PanelWorld } from '../panel/world.ts';

/** Names, notes, tags and models that would run something, were they taken for HTML or for a link. */
describe.skipIf(chromiumPath === null)('the panel with hostile strings', () => {
  let world: PanelWorld;
  let watched: WatchedPage;
  beforeAll(async () => {
    world = await openWorld();
    watched = await world.visit.open('/admin', { size: 820 });
  });
  afterAll(async () => {
    await watched.close();
    await world.close();
  });

  it.each(pagesOfPanel())(
    'runs nothing on $name, nor in what opens there (D-13, D-14)',
    async ({ path }) => {
      await world.visit.go(watched, path);
      await openEverything(watched);
      expect(await harmIn(watched)).toEqual([]);
    },
  );

  it.each(['/admin/keys', '/admin/token', '/admin/calls', '/admin/models', '/admin/cache'])(
    'runs nothing when searched for on %s (D-13, D-14)',
    async (path) => {
      await world.visit.go(watched, path);
      const search = watched.page.locator('page-outlet input[type=search]').first();
      if ((await search.count()) === 0) return;
      for (const text of HOSTILE) {
        await search.fill(text);
        await atRest(watched);
        expect(await harmIn(watched)).toEqual([]);
      }
    },
  );

  it.each(pagesOfPanel())(
    'runs nothing that the address of $name holds (D-13, D-14)',
    async ({ path }) => {
      const names = ['search', 'text', 'model', 'key', 'tag', 'status', 'state'];
      const query = names.map((name, index) => {
        return `${name}=${encodeURIComponent(HOSTILE[index % HOSTILE.length] ?? '')}`;
      });
      await world.visit.go(watched, `${path}?${query.join('&')}`);
      // A filter that the gateway refuses is refused with a sentence.
      const harm = (await harmIn(watched)).filter((problem) => !problem.includes('status of 400'));
      expect(harm).toEqual([]);
    },
  );
});

async function harmIn({ page, problems }: WatchedPage): Promise<string[]> {
  return [...(await dangersOf(page)), ...problems.take()];
}

const OPENED = 3;

/** Opens rows, folded sections and tabs, one after another, and closes what came with Esc. */
async function openEverything(watched: WatchedPage): Promise<void> {
  const { page } = watched;
  const places = ['tbody tr td:last-child', 'tbody tr', 'summary', '[role=tab]'];
  for (const place of places) {
    const found = await page.locator(`page-outlet ${place}`).all();
    for (const opener of found.slice(0, OPENED)) {
      if (!(await opener.isVisible())) continue;
      await opener.click({ position: { x: 4, y: 4 } });
      await atRest(watched);
      expect(await harmIn(watched)).toEqual([]);
      await page.keyboard.press('Escape');
    }
  }
}
