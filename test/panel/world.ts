import type { Page } from 'playwright-core';
import { ADMIN, type Gateway, startEmptyGateway, startGateway } from '../e2e/harness.ts';
import {
  findChromium,
  launchBrowser,
  type Look,
  type PanelBrowser,
  type StoredSession,
  type WatchedPage,
} from './browser.ts';
import { type Scene, show } from './scenes.ts';
import { ENTERED, seed } from './seed.ts';
import { HOSTILE } from './hostile.ts';

/** Who signs in. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A gateway that is in use, and a browser whose user is signed in. */
export interface PanelWorld {
  readonly gateway: Gateway;
  readonly visit: Visitor;
  close(): Promise<void>;
}

/** Opens pages of one panel. */
export interface Visitor {
  readonly url: string;
  readonly browser: PanelBrowser;
  /** A signed-in page at an address such as `/admin/keys`, loaded and at rest. */
  open(path: string, look?: Partial<Look>): Promise<WatchedPage>;
  /** An empty page of a signed-in browser, to open others beside. */
  blank(look?: Partial<Look>): Promise<WatchedPage>;
  /** A page that shows a scene of this gateway, at rest; quicker in a tab beside another that is signed in. */
  show(scene: Scene, look?: Partial<Look>, beside?: WatchedPage): Promise<WatchedPage>;
  /** Takes an opened page to another address, as typing it would; then as `open`. */
  go(watched: WatchedPage, path: string): Promise<void>;
}

export interface WorldOptions {
  /** Tokens, keys and calls as an operator has them; without it there is an admin and nothing else. */
  readonly isSeeded?: boolean;
}

/** Whether there is a browser; tests are skipped where there is none, and fail in CI. */
export const chromiumPath = findChromium();

/**
 * Starts gateway, simulator and browser, and signs in through the form. About 5 s with data, 3 s without;
 * one for a test file:
 *
 * ```ts
 * describe.skipIf(chromiumPath === null)('the keys page', () => {
 *   let world: PanelWorld;
 *   beforeAll(async () => { world = await openWorld(); });
 *   afterAll(() => world.close());
 *
 *   it('shows a new key once', async () => {
 *     const { page, problems, close } = await world.visit.open('/admin/keys', { language: 'zh' });
 *     await page.getByRole('button', { name: '新建密钥' }).click();
 *     …
 *     expect(problems.take()).toEqual([]);
 *     await close();
 *   });
 * });
 * ```
 *
 * Locators by role, label and text see through shadow roots. `faultsOf(page, 'en')` looks at what is
 * shown: layout, language, dangers.
 */
export async function openWorld({ isSeeded = true }: WorldOptions = {}): Promise<PanelWorld> {
  quieten();
  const gateway = await startGateway();
  if (isSeeded) await seed(gateway);
  const browser = await openBrowser();
  return {
    gateway,
    visit: await signIn(browser, gateway.url, ADMIN),
    async close() {
      await browser.close();
      await gateway.close();
    },
  };
}

/** A gateway that nobody has set up, and a browser. */
export async function openEmptyWorld() {
  quieten();
  const { url, harness } = await startEmptyGateway();
  const browser = await openBrowser();
  return {
    url,
    harness,
    browser,
    visit: visitorOf(browser, url),
    async close() {
      await browser.close();
      await harness.close();
    },
  };
}

/** No look-up of where this machine is, and no notes between the results. */
function quieten(): void {
  process.env['WRANGLER_LOG'] ??= 'error';
  process.env['CLOUDFLARE_CF_FETCH_ENABLED'] ??= 'false';
}

function openBrowser(): Promise<PanelBrowser> {
  if (chromiumPath === null) throw new Error('there is no Chromium');
  return launchBrowser(chromiumPath);
}

/** Signs in through the form, once; every page that is opened afterwards has the session. */
export async function signIn(browser: PanelBrowser, url: string, login: Login): Promise<Visitor> {
  const { page, close } = await browser.newPage(url);
  await page.goto(`${url}/admin`);
  await fillLogin(page, login);
  await page.locator('app-shell').waitFor();
  const session: StoredSession = await page.context().storageState();
  await close();
  return visitorOf(browser, url, session);
}

/** Without a session nobody is signed in. */
function visitorOf(browser: PanelBrowser, url: string, session?: StoredSession): Visitor {
  const go: Visitor['go'] = async (watched, path) => {
    await watched.page.goto(url + path);
    await atRest(watched);
  };
  return {
    url,
    browser,
    go,
    async open(path, look) {
      const watched = await browser.newPage(url, look, session);
      await go(watched, path);
      return watched;
    },
    blank: (look) => browser.newPage(url, look, session),
    async show(scene, look, beside) {
      const own = scene.isGuest ? undefined : session;
      const watched =
        beside === undefined || scene.isGuest
          ? await browser.newPage(url, look, own)
          : await beside.another();
      if (scene.expects !== null) watched.problems.allow(scene.expects);
      await watched.page.goto(url + scene.path);
      await show(scene, watched.page, () => watched.problems.untilQuiet());
      return watched;
    },
  };
}

/** Fills and sends the login form, wherever it is shown, in whichever language. */
export async function fillLogin(page: Page, { username, password }: Login): Promise<void> {
  const form = page.locator('login-form');
  await form.locator('input[name=username]').fill(username);
  await form.locator('input[name=password]').fill(password);
  await form.locator('button.primary').click();
}

/** Waits until the page of the address is there and has got what it asked for. */
export async function atRest({ page, problems }: WatchedPage): Promise<void> {
  await page.locator('page-outlet > :not([role=status])').first().waitFor({ state: 'attached' });
  await problems.untilQuiet();
  await page.evaluate(() => panelChecks.nextPaint());
}

/** What a hostile string has left in the page. */
export function dangersOf(page: Page): Promise<string[]> {
  return page.evaluate(() => panelChecks.dangers());
}

/** What is wrong with what a page shows now: see `test/panel/page`. */
export function faultsOf(page: Page, language: Look['language']): Promise<string[]> {
  const data = [...ENTERED, ...HOSTILE];
  return page.evaluate(
    ([lang, known]) => [
      ...panelChecks.layoutFaults(),
      ...panelChecks.untranslated(lang, known),
      ...panelChecks.dangers(),
    ],
    [language, data] as const,
  );
}
