import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { accessibilityFaults } from '../panel/axe.ts';
import type { Language, Look, WatchedPage } from '../panel/browser.ts';
import { colourSeen } from '../panel/colour.ts';
import { chromiumPath, faultsOf, openWorld, type PanelWorld, signIn } from '../panel/world.ts';
import { wordsOf } from '../panel/words.ts';
import { ADMIN } from './harness.ts';

const Items = z.array(
  z.object({ id: z.string(), token: z.string(), status: z.string(), tags: z.array(z.string()) }),
);
const Listed = z.object({ ssoBasic: Items, ssoSuper: Items, total: z.number() });

const WORDS = {
  en: { import: 'Import', check: 'Check', doImport: 'Import 2', done: 'Added' },
  zh: { import: '导入', check: '检查', doImport: '导入 2 个', done: '已新增' },
} as const;

describe.skipIf(chromiumPath === null)('the tokens page', () => {
  let world: PanelWorld;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    world = await openWorld({ isSeeded: false });
  });
  afterAll(() => world.close());

  const open = async (path: string, look: Partial<Look> = {}): Promise<void> => {
    watched = await world.visit.open(path, look);
    ({ page } = watched);
  };
  /** Nothing went wrong in the page, and what it shows now is whole. */
  const close = async (language: Language = 'en'): Promise<void> => {
    expect(await faultsOf(page, language)).toEqual([]);
    expect(watched.problems.take()).toEqual([]);
    await watched.close();
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click();
  const listed = async (query: string) =>
    Listed.parse(await world.gateway.admin('GET', `tokens?${query}`));
  const add = (tokens: readonly object[], tier = 'basic') =>
    world.gateway.admin('POST', 'tokens', { tokens, tier });

  it.each(['en', 'zh'] as const)(
    'imports what is pasted, after a report that stores nothing (%s)',
    async (language) => {
      const words = WORDS[language];
      await open('/admin/token', { language, size: language === 'en' ? 390 : 1280 });
      await press(words.import);
      const [first, second] = [
        `paste-${language}-first-0123456789`,
        `paste-${language}-second-0123456789`,
      ];
      const lines = [`sso=${first}`, '', `a=b; sso=${second}`, first, first, 'bad', 'abc****xyz'];
      await page.locator('textarea[name=credentials]').fill(lines.join('\n'));
      await press(words.check);
      const report = page.locator('import-report');
      await report.getByText(language === 'en' ? 'Line 7' : '第 7 行').waitFor();
      // Two are new, the second and third mention of the first are repeats, two lines are no use.
      await expect
        .poll(() => report.locator('stat-card .value').allInnerTexts())
        .toEqual(['6', '2', '0', '2', '2']);
      expect(await faultsOf(page, language)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      const search = `search=${first.slice(0, 6)}`;
      const before = (await listed(search)).ssoBasic.length;

      await press(words.doImport);
      await report.getByText(words.done, { exact: true }).waitFor();
      expect((await listed(search)).ssoBasic.length).toBe(before + 2);
      await page.locator('import-dialog button.primary').click();
      await page.locator('token-table tbody tr').nth(1).waitFor();
      await close(language);
    },
  );

  it.each(['en', 'zh'] as const)(
    'imports a file that is chosen, and one that is dropped (%s)',
    async (language) => {
      const word = await wordsOf('tokens', language);
      // What is searched is the mask, which begins as the credential does.
      await open(`/admin/token?search=file-${language[0]}`, { language });
      for (const way of ['chosen', 'dropped']) {
        await press(word('import'));
        const file = { name: `${way}.txt`, text: `file-${language}-${way}-0123456789\n` };
        if (way === 'chosen') {
          const buffer = Buffer.from(file.text);
          await page
            .locator('import-source input[type=file]')
            .setInputFiles({ name: file.name, mimeType: 'text/plain', buffer });
        } else {
          const dataTransfer = await page.evaluateHandle((one) => panelChecks.dragged(one), file);
          await page.locator('import-source .drop').dispatchEvent('drop', { dataTransfer });
        }
        await page.locator('import-source').getByText(file.name).waitFor();
        const main = page.locator('import-dialog button.primary');
        await main.click();
        await page.locator('import-report').waitFor();
        expect(await faultsOf(page, language)).toEqual([]);
        await main.click();
        await page.locator('import-report').getByText(word('added'), { exact: true }).waitFor();
        await main.click();
      }
      await expect.poll(() => page.locator('token-table tbody tr').count()).toBe(2);
      await close(language);
    },
  );

  it('filters by type, status, tag and text, all kept in the address', async () => {
    await add([
      { token: 'filter-spent-q0', quota: 0, tags: ['blue'], note: 'needle' },
      { token: 'filter-full-token', quota: 7 },
      { token: 'filter-off-token', quota: 7, status: 'disabled' },
    ]);
    await add([{ token: 'filter-heavy-q0', quota: 0, heavy_quota: 0 }], 'heavy');
    await open('/admin/token?state=exhausted');
    const rows = page.locator('token-table tbody tr');
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByLabel('Heavy', { exact: true }).check();
    await expect.poll(() => rows.count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('type')).toBe('heavy');
    await page.getByLabel('Basic (sso)').check();
    await page.getByLabel('Disabled', { exact: true }).check();
    await page.getByText('3 tokens', { exact: true }).waitFor();
    await page.reload();
    await page.getByText('3 tokens', { exact: true }).waitFor();
    await press('Clear filters');
    await page.locator('body').press('/');
    await page.keyboard.type('needle');
    await page.getByText('1 token', { exact: true }).waitFor();
    expect(page.url()).toContain('search=needle');
    await page.getByLabel('Tag', { exact: true }).selectOption('blue');
    await page.getByText('1 token', { exact: true }).waitFor();
    await close();
  });

  it('disables all that match as a job that a reload does not end', async () => {
    const many = Array.from({ length: 430 }, (_, index) => ({
      token: `bulk-token-${index}`,
      tags: ['bulk'],
    }));
    await add(many);
    await open('/admin/token?tag=bulk');
    await page.getByText('More than 50 tokens').waitFor();
    await press('Next page');
    await page.getByText('Page 2').waitFor();
    await press('Select all that match');
    await page.getByText('430 selected').waitFor();
    // The first step is answered, the second hangs until the page is left.
    let updates = 0;
    await page.route('**/tokens/update', async (route) => {
      if (++updates === 1) await route.continue();
    });
    await press('Change');
    await press('Disable');
    await page.getByText('200 / 430').waitFor();
    await page.unroute('**/tokens/update');
    await page.reload();
    await page.getByText('Finished').waitFor();
    await page.getByText('430 / 430').waitFor();
    const { ssoBasic } = await listed('tag=bulk&state=disabled&limit=500');
    expect(ssoBasic).toHaveLength(430);
    await page.locator('job-list').getByRole('button', { name: 'Dismiss' }).click();
    await close();
  });

  it('does a job in one tab, shows and stops it from another, takes it over from a closed one', async () => {
    await add(
      Array.from({ length: 12 }, (_, index) => ({ token: `tabs-token-${index}`, tags: ['tabs'] })),
    );
    await open('/admin/token?tag=tabs');
    const asked: string[] = [];
    const gates: (() => void)[] = [];
    await page.context().route('**/tokens/test', async (route) => {
      asked.push(route.request().postData() ?? '');
      await new Promise<void>((resolve) => gates.push(resolve));
      await route.continue().catch(() => undefined);
    });
    const letGo = async (count: number): Promise<void> => {
      await expect.poll(() => gates.length).toBe(count);
      for (const pass of gates.splice(0)) pass();
    };
    await page.getByLabel('Select all on this page').check();
    await page.locator('token-bulk').getByRole('button', { name: 'Test' }).click();
    await letGo(4);
    await page.getByText('4 / 12').waitFor();
    const other = await page.context().newPage();
    await other.goto(`${world.gateway.url}/admin/token`);
    await other.getByText('4 / 12').waitFor();
    await letGo(4);
    await other.getByText('8 / 12').waitFor();
    // Each token was asked for once, though both tabs know the job.
    expect(new Set(asked).size).toBe(asked.length);
    await other.locator('job-list').getByRole('button', { name: 'Pause' }).click();
    await page.locator('job-list').getByRole('button', { name: 'Continue' }).waitFor();
    await other.locator('job-list').getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => gates.length).toBe(4);
    await page.close();
    // What hung there is asked for again here; the selection of the first tab is gone with it.
    await expect.poll(() => gates.length).toBe(8);
    for (const pass of gates.splice(0)) pass();
    await other.getByText('12 / 12').waitFor();
    await other.getByText('Finished').waitFor();
    await other.locator('job-list').getByRole('button', { name: 'Dismiss' }).click();
    const keptJobs = () =>
      other.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('job')));
    await expect.poll(keptJobs).toEqual([]);
    watched.problems.take();
    await watched.close();
  });

  it('works over plain http as well, where a browser has neither locks nor random ids', async () => {
    await add([{ token: 'plain-http-token', tags: ['plain'] }]);
    await open('/admin/token?tag=plain');
    await page.context().addInitScript(() => {
      Object.defineProperty(crypto, 'randomUUID', { value: undefined });
      Object.defineProperty(navigator, 'locks', { value: undefined });
    });
    await page.reload();
    await page.getByLabel('Select all on this page').check();
    await page.locator('token-bulk').getByRole('button', { name: 'Test' }).click();
    await page.getByText('Finished').waitFor();
    await expect.poll(() => page.getByText('1 / 1').count()).toBe(1);
    await page.locator('job-list').getByRole('button', { name: 'Dismiss' }).click();
    await close();
  });

  it('selects for the filter that is shown, and says what of it the page does not show', async () => {
    await open('/admin/token?tag=bulk');
    await page.getByText('More than 50 tokens').waitFor();
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route('**/tokens?*limit=500*', async (route) => {
      await promise;
      await route.continue().catch(() => undefined);
    });
    await press('Select all that match');
    await page.getByLabel('Tag', { exact: true }).selectOption('blue');
    await page.getByText('1 token', { exact: true }).waitFor();
    resolve();
    // What was found for the other tag is nobody's selection now.
    await page.getByRole('button', { name: 'Select all that match' }).waitFor();
    await watched.problems.untilQuiet();
    expect(await page.locator('bulk-bar .bar').count()).toBe(0);
    await page.getByLabel('Select all on this page').check();
    await page.getByLabel('Tag', { exact: true }).selectOption('plain');
    await page.getByText('1 of them not on this page').waitFor();
    await page.locator('token-bulk').getByRole('button', { name: 'Delete' }).click();
    await page.locator('confirm-dialog').getByText('1 of them are not on this page.').waitFor();
    await page.keyboard.press('Escape');
    await close();
  });

  it('closes an opened token by the way back, and follows its own address', async () => {
    await open('/admin/token?tag=bulk');
    await page.getByText('More than 50 tokens').waitFor();
    await press('Next page');
    await page.getByText('Page 2').waitFor();
    // Its rows take the place of those that are shown: a click between would open nothing.
    await watched.problems.untilQuiet();
    await page.locator('token-table tbody td').nth(2).click();
    await page.locator('token-detail').getByText('Quota by bucket').waitFor();
    await page.goBack();
    await page.locator('token-detail').waitFor({ state: 'detached' });
    await page.getByText('Page 2').waitFor();
    // The menu leads to the page as it begins.
    await page.locator('aside').getByRole('link', { name: 'Tokens' }).click();
    await page.getByText('Page 1', { exact: true }).waitFor();
    await expect.poll(() => page.getByLabel('Tag', { exact: true }).inputValue()).toBe('');
    await close();
  });

  it('looks for whole words: a space is kept, a word that is being composed waits', async () => {
    await open('/admin/token');
    const asked: (string | null)[] = [];
    page.on('request', (request) => {
      const search = new URL(request.url()).searchParams.get('search');
      if (search !== null) asked.push(search);
    });
    const field = page.getByRole('searchbox');
    await field.pressSequentially('bulk ');
    await expect.poll(() => asked.at(-1)).toBe('bulk');
    await field.pressSequentially('token');
    await expect.poll(() => asked.at(-1)).toBe('bulk token');
    expect(await field.inputValue()).toBe('bulk token');
    const composed = await page.context().newCDPSession(page);
    await field.fill('');
    await expect.poll(() => new URL(page.url()).searchParams.has('search')).toBe(false);
    await watched.problems.untilQuiet();
    const count = asked.length;
    await composed.send('Input.imeSetComposition', {
      text: 'ce',
      selectionStart: 2,
      selectionEnd: 2,
    });
    await page.waitForTimeout(400);
    expect(asked.length).toBe(count);
    await composed.send('Input.insertText', { text: '测试' });
    await expect.poll(() => asked.at(-1)).toBe('测试');
    await close();
  });

  it('counts and names the tokens that a job failed on', async () => {
    await add([
      { token: 'fails-unauthorized', tags: ['fails'] },
      { token: 'works-token', tags: ['fails'] },
    ]);
    await open('/admin/token?tag=fails');
    await page.getByLabel('Select all on this page').check();
    await page.locator('token-bulk').getByRole('button', { name: 'Test' }).click();
    await page.getByText('1 failed').waitFor();
    await page.getByText('Testing tokens: 1 failure').click();
    await page.getByText('Upstream no longer accepts this token.').waitFor();
    await expect.poll(() => page.locator('job-failures li').count()).toBe(1);
    await page.locator('job-failures a').click();
    await page.locator('token-detail').getByText('HTTP 401: ').first().waitFor();
    const { pathname, search } = new URL(page.url());
    await page.keyboard.press('Escape');
    await page.locator('token-detail').waitFor({ state: 'detached' });
    await page.locator('aside').getByLabel('Language').selectOption('zh');
    await world.visit.go(watched, pathname + search);
    await page.locator('token-detail').getByText('HTTP 401：').first().waitFor();
    await close('zh');
  });

  it('shows one token under its own address, and takes it into use again', async () => {
    const [gone] = (await listed('tag=fails&state=invalid,cooling')).ssoBasic;
    await open('/admin/token?tag=fails&state=invalid,cooling', { size: 390 });
    await page.locator('token-table tbody td').nth(2).click();
    const detail = page.locator('token-detail');
    await detail.getByText('Quota by bucket').waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get('id')).toBe(gone?.id);
    await page.reload();
    // What is said stays for four seconds; a slow machine takes longer to look at its colour.
    await page.evaluate(
      'globalThis.setTimeout = ((later) => (work, ms) => later(work, ms < 4_000 ? ms : 10 * ms))(setTimeout)',
    );
    await detail.getByRole('button', { name: /Use it again|Clear cooldown/ }).click();
    // Said above the dialog that is open, and not dimmed by its mask.
    const toast = page.locator('toast-stack p').last();
    await toast.waitFor();
    expect(await detail.locator('dialog[open]').isVisible()).toBe(true);
    const own = await page.evaluate(() => panelChecks.backgroundOf('p.good'));
    expect(await colourSeen(toast, 12, 4)).toBe(own);
    await expect.poll(async () => (await listed('tag=fails&state=active')).ssoBasic.length).toBe(2);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    await expect.poll(() => page.url()).not.toContain('id=');
    expect(page.url()).toContain('/admin/token?tag=fails');
    await close();
  });

  it.each([
    { language: 'en', held: 'Calls to kimi-k2.5 of Moonshot are held back', end: 'End this now' },
    { language: 'zh', held: 'kimi-k2.5 暂停调用（Moonshot）', end: '立即恢复' },
  ] as const)(
    'shows that a shared failure holds calls back, there and on the dashboard, and ends it ($language)',
    async ({ language, held, end }) => {
      const { gateway } = world;
      await gateway.admin('POST', 'config', { token: { breaker_credentials: 2 } });
      const tokens = [{ token: 'sk-first-e500' }, { token: 'sk-second-e500' }];
      await gateway.admin('POST', 'tokens', { provider: 'moonshot', tokens });
      const key = await gateway.newKey();
      const failed = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'kimi-k2.5', messages: [{ role: 'user', content: 'x' }] }),
      });
      expect(failed.ok).toBe(false);
      await open('/admin', { size: 390, language });
      await page.locator('pool-health').getByText(held).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await faultsOf(page, language)).toEqual([]);
      await world.visit.go(watched, '/admin/token');
      await page.locator('open-breakers').getByText(held).waitFor();
      await page.getByRole('button', { name: end }).click();
      await page.getByText(held).waitFor({ state: 'detached' });
      expect(await gateway.admin('GET', 'overview')).toMatchObject({ breakers: [] });
      await close(language);
    },
  );

  it('adds, edits and deletes one', async () => {
    await open('/admin/token?search=one-by-hand');
    await press('Add');
    const form = page.locator('token-form');
    await form.getByLabel('Credential').fill('sso=one-by-hand-0123456789');
    await form.getByLabel('Note').fill('one-by-hand');
    await form.getByLabel('Quota left: Chat').fill('12');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: /^Edit one-by/ }).click();
    await form.getByLabel('Tags').fill('x, y, x');
    await form.getByLabel('Disabled').check();
    await form.getByRole('button', { name: 'Save' }).click();
    await page.locator('token-table').getByText('Disabled', { exact: true }).waitFor();
    expect((await listed('search=one-by-hand')).ssoBasic).toMatchObject([
      { status: 'disabled', tags: ['x', 'y'] },
    ]);
    await page.getByRole('button', { name: /^Delete one-by/ }).click();
    await page.locator('confirm-dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No token matches').waitFor();
    await close();
  });

  it('hands secrets out only after the password is shown again', async () => {
    await add([{ token: 'export-me-secret-one', tags: ['out'] }]);
    await open('/admin/token?tag=out');
    watched.problems.allow(/401/);
    await press('Export');
    await page.getByLabel('Full secrets').check();
    await page.getByLabel('Your password').fill('not the password');
    await press('Download');
    await page.getByText('The password is wrong.').waitFor();
    await page.getByLabel('Your password').fill(ADMIN.password);
    const [download] = await Promise.all([page.waitForEvent('download'), press('Download')]);
    expect(download.suggestedFilename()).toBe('tokens.txt');
    expect(readFileSync(await download.path(), 'utf8')).toBe('export-me-secret-one\n');
    await page.getByLabel('as a table').check();
    const [table] = await Promise.all([page.waitForEvent('download'), press('Download')]);
    expect(readFileSync(await table.path(), 'utf8')).not.toContain('export-me-secret-one');
    await close();
  });

  it('lets a viewer look, and change nothing', async () => {
    const viewer = { username: 'looks-only', password: 'another good password' };
    await world.gateway.admin('POST', 'admins', { ...viewer, role: 'viewer' });
    const visit = await signIn(world.visit.browser, world.gateway.url, viewer);
    watched = await visit.open('/admin/token?tag=out');
    ({ page } = watched);
    await page.getByLabel('Select all on this page').check();
    for (const name of ['Import', 'Add', 'Refresh', 'Delete']) {
      const buttons = await page.getByRole('button', { name, exact: true }).all();
      expect(await Promise.all(buttons.map((button) => button.isDisabled()))).not.toContain(false);
    }
    await page.locator('token-table tbody td').nth(2).click();
    await page.locator('token-detail').getByText('Quota by bucket').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('token-detail').waitFor({ state: 'detached' });
    await press('Clear selection');
    await press('Export');
    expect(await page.getByLabel('Full secrets').isDisabled()).toBe(true);
    await close();
  });
});
