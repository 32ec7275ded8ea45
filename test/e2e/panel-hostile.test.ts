import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WatchedPage } from '../panel/browser.ts';
import { HOSTILE } from '../panel/hostile.ts';
import { pagesOfPanel } from '../panel/pages.ts';
import { SCENES } from '../panel/scenes.ts';
import {
  atRest,
  chromiumPath,
  dangersOf,
  openEmptyWorld,
  openWorld,
  type PanelWorld,
} from '../panel/world.ts';

/** Without a field, or with those of another scene. */
const SEEN_ONLY = new Set(
  (
    'docs-operation dashboard dashboard-held nowhere calls calls-detail calls-clear chat tokens-export tokens-delete ' +
    'tokens-detail tokens-report tokens-toast tokens-selected keys-delete keys-selected media-videos admins'
  ).split(' '),
);
const WRITTEN_INTO = SCENES.filter(
  ({ name, gateway, sizes }) => gateway === 'used' && sizes.includes(820) && !SEEN_ONLY.has(name),
);

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

  it.each(pagesOfPanel())(
    'runs nothing that the address of $name holds (D-13, D-14)',
    async ({ path }) => {
      const names = ['search', 'text', 'model', 'key', 'tag', 'status', 'state'];
      const query = names.map((name, index) => {
        return `${name}=${encodeURIComponent(HOSTILE[index % HOSTILE.length] ?? '')}`;
      });
      await world.visit.go(watched, `${path}?${query.join('&')}`);
      expect(await harmIn(watched)).toEqual([]);
    },
  );

  it.each(WRITTEN_INTO)('runs nothing that is entered into $name (D-13, D-14)', async (scene) => {
    const shown = await world.visit.show(scene, { size: 820 }, watched);
    expect(await enterHostile(shown)).not.toBe(0);
    await shown.close();
  });

  it('runs nothing that is entered into the set-up (D-13, D-14)', async () => {
    const scene = SCENES.find(({ name }) => name === 'set-up');
    const empty = await openEmptyWorld();
    if (scene === undefined) throw new Error('the set-up is no scene');
    const shown = await empty.visit.show(scene);
    expect(await enterHostile(shown)).toBe(3);
    await empty.close();
  });
});

async function harmIn({ page, problems }: WatchedPage): Promise<string[]> {
  // What the gateway refuses is told with a sentence, and by the browser.
  const told = problems.take().filter((problem) => !/status of 4\d\d/.test(problem));
  return [...(await dangersOf(page)), ...told];
}

/** Writes each string into each field, and sends the last of them. @returns how many fields there are */
async function enterHostile(watched: WatchedPage): Promise<number> {
  const { page, problems } = watched;
  const { fields, dangers } = await page.evaluate(
    (texts) => panelChecks.fillFields(texts),
    HOSTILE,
  );
  expect(dangers).toEqual([]);
  await page.evaluate(() => panelChecks.submitFields());
  await problems.untilQuiet();
  expect(await harmIn(watched)).toEqual([]);
  return fields;
}

const OPENED = 3;

/** Opens rows, what their buttons open, folded sections and tabs, one after another; `Esc` closes what came. */
async function openEverything(watched: WatchedPage): Promise<void> {
  const { page } = watched;
  const hostile = 'tbody tr:has-text("alert(1)")';
  const rows = ['tbody tr td:nth-child(3)', `${hostile} td:nth-child(3)`];
  const places = rows.concat(`${hostile} td:last-child button`, 'summary', 'nav button');
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
