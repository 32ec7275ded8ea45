import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { accessibilityFaults } from '../panel/axe.ts';
import type { Look, WatchedPage } from '../panel/browser.ts';
import { hasFocus } from '../panel/focus.ts';
import {
  chromiumPath,
  faultsOf,
  openWorld,
  type PanelWorld,
  signIn,
  type Visitor,
} from '../panel/world.ts';
import { wordsOf } from '../panel/words.ts';

const Config = z.looseObject({
  version: z.number(),
  retry: z.looseObject({ max_attempts: z.number() }),
  stream: z.looseObject({ idle_s: z.number() }),
  grok: z.looseObject({ generations: z.array(z.string()) }),
});
const Models = z.object({ data: z.array(z.object({ id: z.string() })) });

describe.skipIf(chromiumPath === null)('the settings page', () => {
  let world: PanelWorld;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    world = await openWorld({ isSeeded: false });
    await world.gateway.useTokens('grok-web', ['plain-q50']);
  });
  afterAll(() => world.close());

  const open = async (
    path = '/admin/config',
    look: Partial<Look> = {},
    visit: Visitor = world.visit,
  ): Promise<void> => {
    watched = await visit.open(path, look);
    ({ page } = watched);
  };
  const close = async (language: Look['language'] = 'en'): Promise<void> => {
    expect(await faultsOf(page, language)).toEqual([]);
    expect(watched.problems.take()).toEqual([]);
    await watched.close();
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const field = (path: string) => page.locator('setting-field', { hasText: path });
  const config = async () => Config.parse(await world.gateway.admin('GET', 'config'));

  it.each(['en', 'zh'] as const)(
    'changes a setting, which has its effect at once (%s)',
    async (language) => {
      const word = await wordsOf('settings', language);
      const key = await world.gateway.newKey();
      const newest = async (): Promise<number> => {
        const url = `${world.gateway.url}/v1/models`;
        const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
        const { data } = Models.parse(await response.json());
        return data.filter(({ id }) => id.startsWith('grok-chat-')).length;
      };
      const before = (await config()).grok.generations;
      const isOn = before.includes('g3');
      expect((await newest()) > 0).toBe(isOn);

      await open('/admin/config', { language });
      await page.keyboard.press('/');
      await page.keyboard.type('generations');
      const generations = field('grok.generations');
      await generations.getByRole('checkbox', { name: /G3/ }).setChecked(!isOn);
      await page.locator('save-bar').getByText(/^1 /).waitFor();
      await press(word('save'));
      await page.getByText(word('saved')).waitFor();
      expect((await config()).grok.generations.includes('g3')).toBe(!isOn);
      await expect.poll(async () => (await newest()) > 0).toBe(!isOn);
      await close(language);
    },
  );

  it('says at the field what is wrong, before and after it is sent', async () => {
    await open();
    const idle = field('stream.idle_s');
    await idle.getByRole('spinbutton').fill('0');
    await idle.getByText('from 1 to 86,400').waitFor();
    await press('Save');
    expect((await config()).stream.idle_s).toBe(120);
    await expect.poll(() => hasFocus(idle.getByRole('spinbutton'))).toBe(true);

    await idle.getByRole('spinbutton').fill('7');
    await page.route('**/api/v1/admin/config', (route) =>
      route.fulfill({
        status: 400,
        json: { error: { code: 'invalid_request', message: 'Not today.', param: 'stream.idle_s' } },
      }),
    );
    await press('Save');
    await idle.getByText('Not today.').waitFor();
    watched.problems.allow(/status of 400/);
    watched.problems.take();
    await page.unroute('**/api/v1/admin/config');
    await press('Save');
    await page.getByText('in effect now').waitFor();
    expect((await config()).stream.idle_s).toBe(7);
    await page.getByRole('button', { name: 'Reset Streaming to defaults' }).click();
    await press('Save');
    await expect.poll(async () => (await config()).stream.idle_s).toBe(120);
    await close();
  });

  it('keeps both when somebody else has changed the settings, and asks before edits are lost', async () => {
    await open();
    const attempts = field('retry.max_attempts').getByRole('spinbutton');
    await attempts.fill('5');
    await world.gateway.admin('POST', 'config', { stream: { idle_s: 33 } });
    watched.problems.allow(/status of 409/);
    await press('Save');
    await page.getByText('Somebody else has changed the settings').waitFor();
    expect(await attempts.inputValue()).toBe('5');

    await page.getByRole('link', { name: 'Dashboard' }).click();
    await page.locator('confirm-dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(page.url()).toContain('/admin/config');
    await expect.poll(() => field('stream.idle_s').getByRole('spinbutton').inputValue()).toBe('33');
    await press('Save');
    await page.getByText('in effect now').waitFor();
    const now = await config();
    expect([now.retry.max_attempts, now.stream.idle_s]).toEqual([5, 33]);

    await attempts.fill('2');
    await page.getByRole('link', { name: 'Dashboard' }).click();
    await press('Leave');
    await page.waitForURL('**/admin');
    expect((await config()).retry.max_attempts).toBe(5);
    await page.locator('dashboard-page').waitFor();
    await close();
  });

  it('never shows a secret again', async () => {
    await open();
    const secret = field('grok.cf_clearance');
    await secret.getByRole('button', { name: /Enter a value/ }).click();
    await secret.locator('input').fill('a-secret-cookie-of-mine');
    await press('Save');
    await secret.getByText('Set: a-secr****mine').waitFor();
    await expect.poll(() => secret.locator('input').count()).toBe(0);
    expect(await page.getByText('secret-cookie').count()).toBe(0);
    await secret.getByRole('button', { name: /Clear/ }).click();
    await press('Save');
    await secret.getByText('Not set').waitFor();
    await close();
  });

  it('adds an account, which changes its password and ends its other sessions', async () => {
    const second = { username: 'second', password: 'a good first password' };
    await open('/admin/config?tab=admins');
    await press('Add account');
    await page.getByLabel('User name').fill(second.username);
    await page.getByLabel('Password', { exact: true }).fill('short');
    watched.problems.allow(/status of 400/);
    await page.locator('admin-dialog').getByRole('button', { name: 'Add account' }).click();
    await page.getByText('at least 10 characters.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(second.password);
    await page.getByLabel('Role').selectOption('viewer');
    await page.locator('admin-dialog').getByRole('button', { name: 'Add account' }).click();
    await page.getByRole('row', { name: /second/ }).waitFor();
    await close();

    // Who has forgotten a password is given another, and may be given another role.
    await open('/admin/config?tab=admins');
    await press('Change second');
    await page.getByLabel('Role').selectOption('admin');
    await page.getByLabel('New password', { exact: true }).fill(second.password);
    await press('Save');
    await page.getByRole('row', { name: /second.*Admin/ }).waitFor();
    await press('Change second');
    await page.getByLabel('Role').selectOption('viewer');
    await press('Save');
    await page.getByRole('row', { name: /second.*Viewer/ }).waitFor();
    await page.getByRole('button', { name: 'Change admin', disabled: true }).waitFor();
    await close();

    const elsewhere = await signIn(world.visit.browser, world.gateway.url, second);
    const visit = await signIn(world.visit.browser, world.gateway.url, second);
    await open('/admin/config', {}, visit);
    // A viewer changes no setting, but its own password.
    const attempts = field('retry.max_attempts').getByRole('spinbutton');
    await expect.poll(() => attempts.isDisabled()).toBe(true);
    await press('Admins');
    await page.getByRole('button', { name: 'Add account', disabled: true }).waitFor();
    await press('Account');
    await page.getByLabel('Current password').fill('not this one');
    await page.getByLabel('New password').fill('an even better password 8');
    watched.problems.allow(/status of 401/);
    await press('Change the password');
    await page.locator('password-form [role=alert]').waitFor();
    await page.getByLabel('Current password').fill(second.password);
    await press('Change the password');
    await page.getByText('other sessions ended: 1').waitFor();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await close();

    const { page: ended, close: end } = await elsewhere.browser.newPage(elsewhere.url);
    await ended.goto(`${elsewhere.url}/admin`);
    await ended.locator('login-form').waitFor();
    await end();
  });

  it('keeps what is changed while the change before is being saved', async () => {
    await open('/admin/config');
    const attempts = field('retry.max_attempts').getByRole('spinbutton');
    const other = field('token.fail_threshold').getByRole('spinbutton');
    const [first, second] = [await attempts.inputValue(), await other.inputValue()];
    await attempts.fill('2');
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route('**/admin/config', async (route) => {
      if (route.request().method() === 'POST') await promise;
      await route.continue();
    });
    await press('Save');
    await other.fill('7');
    resolve();
    await page.getByText('1 unsaved change', { exact: true }).waitFor();
    expect([await attempts.inputValue(), await other.inputValue()]).toEqual(['2', '7']);
    await attempts.fill(first);
    await other.fill(second);
    await press('Save');
    await expect.poll(async () => (await config()).retry.max_attempts).toBe(Number(first));
    await watched.problems.untilQuiet();
    await close();
  });

  it('tells who changed what', async () => {
    await open('/admin/config?tab=audit');
    await page.getByRole('row', { name: /password\.change/ }).waitFor();
    await page.getByLabel('Search the audit log').fill('admins.create');
    await page.getByRole('row', { name: /viewer second/ }).waitFor();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await close();
  });

  it('is whole in Chinese on a phone, every part of it', async () => {
    await open('/admin/config', { size: 390, language: 'zh', theme: 'dark' });
    expect(await faultsOf(page, 'zh')).toEqual([]);
    await field('retry.max_attempts').getByRole('spinbutton').fill('99');
    await page.getByText('请输入 1 到 5 的整数。').waitFor();
    expect(await faultsOf(page, 'zh')).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await press('放弃');
    for (const tab of ['账号', '管理员', '审计日志']) {
      await press(tab);
      await watched.problems.untilQuiet();
      expect(await faultsOf(page, 'zh'), tab).toEqual([]);
      expect(await accessibilityFaults(page), tab).toEqual([]);
    }
    await close('zh');
  });
});
