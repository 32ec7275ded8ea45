import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { accessibilityFaults } from '../panel/axe.ts';
import type { Language, WatchedPage } from '../panel/browser.ts';
import {
  chromiumPath,
  fillLogin,
  faultsOf,
  openEmptyWorld,
  type Login,
  openWorld,
  type PanelWorld,
} from '../panel/world.ts';
import { hasFocus } from '../panel/focus.ts';
import { ADMIN, SECRETS } from './harness.ts';

/** What is around every page: set-up, login, navigation, sessions that end, theme and language. */

const WORDS = {
  en: { tooShort: 'Too short', strong: 'Strong', create: 'Create the admin', goOn: 'Continue' },
  zh: { tooShort: '太短', strong: '很强', create: '创建管理员', goOn: '继续' },
} as const;
const LANGUAGES: readonly Language[] = ['en', 'zh'];

describe.skipIf(chromiumPath === null)('a gateway that nobody has set up', () => {
  it.each(LANGUAGES)(
    'is set up with the code of the link, and shows the first key once (%s)',
    async (language) => {
      const world = await openEmptyWorld();
      const { page, problems, close } = await world.browser.newPage(world.url, {
        language,
        size: 390,
      });
      const words = WORDS[language];
      await page.goto(`${world.url}/admin#code=${SECRETS.SETUP_CODE}`);
      const form = page.locator('setup-form');
      await form.locator('input[name=username]').fill(ADMIN.username);
      expect(await form.locator('input[name=code]').inputValue()).toBe(SECRETS.SETUP_CODE);
      await form.locator('input[name=password]').fill('short');
      await form.getByText(words.tooShort).waitFor();
      await form.locator('input[name=password]').fill(ADMIN.password);
      await form.getByText(words.strong).waitFor();
      expect(await faultsOf(page, language)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      await form.getByRole('button', { name: words.create }).click();

      const key = await form.locator('code').innerText();
      expect(page.url()).not.toContain(SECRETS.SETUP_CODE);
      expect(await faultsOf(page, language)).toEqual([]);
      const models = await fetch(`${world.url}/v1/models`, {
        headers: { authorization: `Bearer ${key}` },
      });
      expect(models.status).toBe(200);
      await form.getByRole('button', { name: words.goOn }).click();
      await page.locator('app-shell').waitFor();
      expect(await page.content()).not.toContain(key);
      await page.reload();
      await page.locator('app-shell').waitFor();
      expect(problems.take()).toEqual([]);
      await close();
      await world.close();
    },
  );
});

describe.skipIf(chromiumPath === null)('the frame of the panel', () => {
  let world: PanelWorld;
  beforeAll(async () => {
    world = await openWorld({ isSeeded: false });
  });
  afterAll(() => world.close());

  /** A page without a session. */
  const stranger = (language: Language): Promise<WatchedPage> =>
    world.visit.browser.newPage(world.gateway.url, { language });

  it.each([
    ['en', 'The user name or the password is wrong.', 'Log out'],
    ['zh', '用户名或密码错误。', '退出登录'],
  ] as const)(
    'refuses a wrong password, takes the right one, and signs out (%s)',
    async (language, refusal, logOut) => {
      const { page, problems, close } = await stranger(language);
      await page.goto(`${world.gateway.url}/login`);
      await fillLogin(page, { ...ADMIN, password: 'not the password' });
      await page.getByRole('alert').filter({ hasText: refusal }).waitFor();
      expect(problems.take().join()).toContain('401');
      expect(await faultsOf(page, language)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      await fillLogin(page, ADMIN);
      await page.locator('stat-card').first().waitFor();
      // What the page has asked for is there: signing out would refuse it.
      await problems.untilQuiet();
      expect(new URL(page.url()).pathname).toBe('/admin');
      await page.getByRole('button', { name: logOut }).click();
      await page.locator('login-form').waitFor();
      await page.reload();
      await page.locator('login-form').waitFor();
      expect(problems.take()).toEqual([]);
      await close();
    },
  );

  it('keeps the session over a reload, out of reach of scripts', async () => {
    const { page, close } = await world.visit.open('/admin/keys');
    await page.reload();
    await page.locator('keys-page').waitFor();
    const kept = await page.evaluate<string>('JSON.stringify([localStorage, sessionStorage])');
    expect(kept).not.toContain(ADMIN.password);
    expect(await page.evaluate('document.cookie')).toBe('');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict' });
    await close();
  });

  it('asks to sign in again in the middle of a form, and loses nothing of it', async () => {
    const { url } = world.gateway;
    const second = { username: 'second', password: 'another horse battery staple' };
    await world.gateway.admin('POST', 'admins', { ...second, role: 'admin' });
    const { page, problems, close } = await stranger('en');
    await page.goto(`${url}/admin/keys`);
    await fillLogin(page, second);
    await page.getByRole('button', { name: 'Add key' }).click();
    const form = page.locator('key-dialog');
    await form.getByLabel('Name', { exact: false }).first().fill('kept over the end of a session');
    // It is the form that meets the end of the session, and nothing that was asked for before.
    await problems.untilQuiet();
    await endOtherSessions(url, second);
    await form.getByRole('button', { name: 'Create' }).click();

    const renewal = page.getByRole('dialog', { name: 'Your session has ended' });
    await renewal.waitFor();
    const username = page.locator('login-form input[name=username]');
    await expect.poll(() => username.inputValue()).toBe(second.username);
    expect(problems.take().join()).toContain('401');
    // Whoever was typing goes on typing: no key takes the form away.
    await expect.poll(() => hasFocus(username)).toBe(true);
    for (const key of ['Escape', 'Escape', 'Space']) await page.keyboard.press(key);
    await page.getByRole('button', { name: 'Leave' }).click();
    const question = page.getByRole('heading', { name: 'Leave without signing in?' });
    await question.waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(await renewal.isVisible()).toBe(true);
    await fillLogin(page, second);
    await page.locator('made-keys dialog[open]').waitFor();
    const { data } = z
      .object({ data: z.array(z.object({ name: z.string() })) })
      .parse(await world.gateway.admin('GET', 'keys'));
    expect(data.map(({ name }) => name)).toContain('kept over the end of a session');
    expect(problems.take()).toEqual([]);
    await close();
  });

  it('begins anew for somebody else who signs in where a session has ended', async () => {
    const { url } = world.gateway;
    const viewer = { username: 'onlooker', password: 'a viewer of this panel 7' };
    const third = { username: 'third', password: 'yet another horse battery' };
    await world.gateway.admin('POST', 'admins', { ...viewer, role: 'viewer' });
    await world.gateway.admin('POST', 'admins', { ...third, role: 'admin' });
    const { page, problems, close } = await stranger('en');
    await page.goto(`${url}/admin/keys`);
    await fillLogin(page, third);
    await page.getByRole('button', { name: 'Add key' }).waitFor();
    await problems.untilQuiet();
    await endOtherSessions(url, third);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await fillLogin(page, viewer);
    await page.locator('aside').getByText('onlooker').waitFor();
    const addKey = page.getByRole('button', { name: 'Add key' });
    await expect.poll(() => addKey.isDisabled()).toBe(true);
    await close();
  });

  it('leaves nothing of a person in the tab after they have signed out', async () => {
    const { page, problems, close } = await stranger('en');
    await page.goto(`${world.gateway.url}/admin/chat`);
    await fillLogin(page, ADMIN);
    await page.getByRole('textbox', { name: 'API key' }).fill('sk-not-a-key-but-kept');
    await page.getByRole('textbox', { name: 'API key' }).press('Enter');
    problems.allow(/401/);
    await page.getByRole('textbox', { name: 'Message' }).fill('a private draft');
    await page.evaluate(() => localStorage.setItem('theme', 'dark'));
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.locator('login-form').waitFor();
    const kept = () => page.evaluate<string>('JSON.stringify([localStorage, sessionStorage])');
    expect(await kept()).toBe('[{"theme":"dark"},{}]');
    await close();
  });

  it('does not ask to sign in again while signing out', async () => {
    const { page, problems, close } = await stranger('en');
    await page.goto(`${world.gateway.url}/admin/keys`);
    await fillLogin(page, ADMIN);
    await page.locator('keys-page').waitFor();
    await problems.untilQuiet();
    const [ended, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await page.route('**/logout', async (route) => {
      const response = await route.fetch();
      ended.resolve();
      await told.promise;
      await route.fulfill({ response });
    });
    await page.getByRole('button', { name: 'Log out' }).click();
    await ended.promise;
    // The session is over, and the page has not heard of it.
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.locator('keys-page [role=alert]').waitFor();
    expect(await page.locator('login-form').count()).toBe(0);
    told.resolve();
    await page.locator('login-form').waitFor();
    await close();
  });

  it('stays signed in when signing out has not reached the gateway', async () => {
    const { page, close } = await stranger('en');
    await page.goto(`${world.gateway.url}/admin/keys`);
    await fillLogin(page, ADMIN);
    await page.route('**/logout', (route) => route.abort());
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
    await expect.poll(() => page.locator('keys-page').count()).toBe(1);
    await close();
  });

  it.each([
    ['en', 'Open menu', 'API keys'],
    ['zh', '打开菜单', 'API 密钥'],
  ] as const)(
    'has a drawer on a phone: opened by its button, closed by mask, Esc, choosing (%s)',
    async (language, open, keys) => {
      const { page, problems, close } = await world.visit.open('/admin', { size: 390, language });
      const drawer = page.locator('app-shell dialog[open]');
      const opener = page.getByRole('button', { name: open });
      const opened = async (): Promise<void> => {
        await opener.click();
        await drawer.waitFor();
      };
      await opened();
      expect(await faultsOf(page, language)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.mouse.click(380, 400);
      await expectClosed(page);
      await expect.poll(() => hasFocus(opener)).toBe(true);
      await opened();
      await page.keyboard.press('Escape');
      await expectClosed(page);
      await opened();
      await drawer.getByRole('link', { name: keys }).click();
      await expectClosed(page);
      await page.locator('keys-page').waitFor();
      expect(new URL(page.url()).pathname).toBe('/admin/keys');
      await page.goBack();
      await page.locator('dashboard-page').waitFor();
      expect(problems.take()).toEqual([]);
      await close();
    },
  );

  it('changes language and theme without a reload, and keeps them over one', async () => {
    const { page, problems, close } = await world.visit.open('/admin/keys');
    const ground = () =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const light = await ground();
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    await page.locator('aside').getByLabel('Language').selectOption('zh');
    await page.locator('aside').getByLabel('主题').selectOption('dark');
    expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
    expect(await faultsOf(page, 'zh')).toEqual([]);
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole('link', { name: 'API 密钥' }).waitFor();
    await expect.poll(ground).toBe(dark);
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh');
    expect(problems.take()).toEqual([]);
    await close();
  });

  it('follows the theme of the system until one is chosen', async () => {
    const { page, close } = await world.visit.open('/admin', { theme: 'dark' });
    const theme = () => page.evaluate('document.documentElement.dataset.theme');
    expect(await theme()).toBe('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(theme).toBe('light');
    await page.locator('aside').getByLabel('Theme').selectOption('dark');
    expect(await theme()).toBe('dark');
    await close();
  });

  it.each([
    ['en', 'There is no such page'],
    ['zh', '没有这个页面'],
  ] as const)('says that an address leads nowhere (%s)', async (language, words) => {
    const { page, problems, close } = await world.visit.open('/admin/nowhere', { language });
    await page.getByRole('heading', { name: words }).waitFor();
    expect(await faultsOf(page, language)).toEqual([]);
    expect(problems.take()).toEqual([]);
    await close();
  });

  it('resolves the addresses of earlier panels', async () => {
    const watched = await world.visit.open('/admin');
    for (const [path, element] of [
      ['/manage', 'tokens-page'],
      ['/admin/datacenter', 'dashboard-page'],
      ['/chat', 'chat-page'],
      ['/admin/keys/', 'keys-page'],
    ] as const) {
      await world.visit.go(watched, path);
      await expect.poll(() => watched.page.locator(element).count(), { message: path }).toBe(1);
    }
    await watched.close();
  });
});

async function expectClosed(page: Page): Promise<void> {
  await page.locator('app-shell dialog:not([open])').waitFor({ state: 'attached' });
}

/** As "sign out everywhere else" in another browser. */
async function endOtherSessions(url: string, login: Login): Promise<void> {
  const post = (path: string, body: object, session?: string): Promise<Response> =>
    fetch(`${url}/api/v1/admin/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(session === undefined ? {} : { authorization: `Bearer ${session}` }),
      },
      body: JSON.stringify(body),
    });
  const reply: unknown = await (await post('login', login)).json();
  const { api_key: session } = z.object({ api_key: z.string() }).parse(reply);
  const ended = await post('sessions/revoke-others', {}, session);
  expect(await ended.json()).toMatchObject({ revoked: 1 });
}
