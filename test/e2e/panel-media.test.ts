import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { accessibilityFaults } from '../panel/axe.ts';
import type { Look, WatchedPage } from '../panel/browser.ts';
import { HOSTILE } from '../panel/hostile.ts';
import { chromiumPath, faultsOf, openWorld, type PanelWorld } from '../panel/world.ts';
import { wordsOf } from '../panel/words.ts';

const SECRET = 'q100-holds-many-files';
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe.skipIf(chromiumPath === null)('the media page', () => {
  let world: PanelWorld;
  let watched: WatchedPage;
  let page: Page;
  let key = '';

  beforeAll(async () => {
    world = await openWorld({ isSeeded: false });
    await world.gateway.useTokens('grok-web', [SECRET]);
    key = await world.gateway.newKey();
    await draw('a lighthouse in fog', 3);
  });
  afterAll(() => world.close());

  /** Pictures drawn through the API and read once, so that they are cached. */
  const draw = async (prompt: string, count: number): Promise<void> => {
    const before = await cachedImages();
    const response = await fetch(`${world.gateway.url}/v1/images/generations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'grok-imagine-1.0', prompt, n: count }),
    });
    const reply = z.object({ data: z.array(z.object({ url: z.string() })) });
    for (const { url } of reply.parse(await response.json()).data) {
      const picture = await fetch(url);
      expect(picture.status).toBe(200);
      await picture.arrayBuffer();
    }
    // It is stored behind the answer.
    await vi.waitFor(async () => expect(await cachedImages()).toBe(before + count), {
      timeout: 60_000,
    });
  };
  const cachedImages = async (): Promise<number> => {
    const local = z.object({ local_image: z.object({ count: z.number() }) });
    return local.parse(await world.gateway.admin('GET', 'cache/local')).local_image.count;
  };
  /** An object as earlier versions let anyone name it (D-13). */
  const store = async (name: string): Promise<void> => {
    const { DB } = await world.gateway.harness.getWorker().getEnv();
    await DB.prepare(
      `INSERT INTO media (name, kind, place, content_type, size_bytes, etag, created_at, read_at, expires_at)
       VALUES (?1, 'video', 'kv', ?2, 5, 'e1', ?3, ?3, ?4)`,
    )
      .bind(`video/${name}`, HOSTILE[1], Date.now() - 1_000, Date.now() + 3_600_000)
      .run();
  };
  /** A file of the account, as its owner would upload it. */
  const upload = async (fileName: string): Promise<void> => {
    const response = await world.gateway.harness
      .getWorker('simulator')
      .fetch('https://grok.com/rest/app-chat/upload-file', {
        method: 'POST',
        headers: { cookie: `sso=${SECRET}; sso-rw=${SECRET}`, 'content-type': 'application/json' },
        body: JSON.stringify({ fileName, fileMimeType: 'image/png', content: PIXEL }),
      });
    expect(response.status).toBe(200);
    await response.text();
  };

  const open = async (path = '/admin/cache', look: Partial<Look> = {}): Promise<void> => {
    watched = await world.visit.open(path, look);
    ({ page } = watched);
  };
  /** Nothing went wrong in the page, and what it shows now is whole. */
  const close = async (language: Look['language'] = 'en'): Promise<void> => {
    expect(await faultsOf(page, language)).toEqual([]);
    expect(watched.problems.take()).toEqual([]);
    await watched.close();
  };
  const rows = () => page.locator('data-table tbody tr');
  const answer = (name: string) =>
    page.locator('confirm-dialog').getByRole('button', { name, exact: true }).click();

  it('shows a picture that was drawn, with a preview that loads and a link that opens it', async () => {
    await open();
    await expect.poll(() => rows().count()).toBe(3);
    await expect
      .poll(() =>
        page
          .locator('media-thumb img')
          .evaluateAll((images) =>
            images.every((image) => Number(Reflect.get(image, 'naturalWidth')) > 0),
          ),
      )
      .toBe(true);
    const link = page.getByRole('link', { name: /^Open in a new tab/ }).first();
    // A link that needs no header: a new tab could not send one (D-58).
    const href = (await link.getAttribute('href')) ?? '';
    expect((await fetch(world.gateway.url + href)).headers.get('content-type')).toMatch(/^image\//);
    expect(await link.getAttribute('rel')).toBe('noopener');
    expect(await accessibilityFaults(page)).toEqual([]);
    await close();
  });

  it.each(['en', 'zh'] as const)(
    'opens one, deletes it, and then those that are ticked (%s)',
    async (language) => {
      const word = await wordsOf('media', language);
      if (language === 'zh') await draw('a kite', 3);
      await open('/admin/cache', { language });
      const link = page.getByRole('link', { name: new RegExp(`^${word('view')}`) }).first();
      const href = (await link.getAttribute('href')) ?? '';
      expect((await fetch(world.gateway.url + href)).status).toBe(200);
      await page
        .getByRole('button', { name: new RegExp(`^${word('remove')}: `) })
        .first()
        .click();
      await answer(word('remove'));
      await expect.poll(() => rows().count()).toBe(2);
      await page.locator('data-table thead input[type=checkbox]').check();
      await page.getByRole('button', { name: word('remove'), exact: true }).click();
      await answer(word('remove'));
      await page.getByText(word('none.image')).waitFor();
      await expect.poll(cachedImages).toBe(0);
      await close(language);
    },
  );

  it('shows hostile names as text (D-13), finds and clears them on a phone (D-61)', async () => {
    for (const name of HOSTILE) await store(name);
    await open('/admin/cache?section=videos', { size: 390, language: 'zh', theme: 'dark' });
    const items = page.locator('media-grid li');
    await expect.poll(() => items.count()).toBe(HOSTILE.length);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('searchbox', { name: '搜索名称' }).fill('ONERROR');
    await expect.poll(() => items.count()).toBe(1);
    await expect.poll(() => page.locator('media-name .path').textContent()).toContain(HOSTILE[0]);
    expect(await faultsOf(page, 'zh')).toEqual([]);
    await page.getByRole('button', { name: '清空视频' }).click();
    await answer('清空');
    await page.getByText('已清理').waitFor();
    await page.getByText('没有符合的文件').waitFor();
    await close('zh');
  });

  it.each(['en', 'zh'] as const)(
    "lists an account's files, and deletes the chosen and all of them (%s)",
    async (language) => {
      const word = await wordsOf('media', language);
      for (const name of [...HOSTILE, 'plain.png']) await upload(name);
      const reply = await world.gateway.admin('GET', 'tokens');
      const { ssoBasic } = z
        .object({ ssoBasic: z.array(z.object({ id: z.string() })) })
        .parse(reply);
      await open(`/admin/cache?token=${ssoBasic[0]?.id ?? ''}`, { language });
      const files = page.locator('account-files data-table tbody tr');
      await files.first().waitFor();
      const count = await files.count();
      expect(count).toBeGreaterThanOrEqual(HOSTILE.length + 1);
      expect(await faultsOf(page, language)).toEqual([]);
      await page.getByRole('button', { name: `${word('remove')}: plain.png` }).click();
      await answer(word('remove'));
      await expect.poll(() => files.count()).toBe(count - 1);
      await page.getByRole('button', { name: word('removeAll') }).click();
      await answer(word('remove'));
      await page.getByText(word('noFiles'), { exact: true }).waitFor();
      await close(language);
    },
  );

  it('counts what all accounts hold', async () => {
    await upload('one.png');
    await open('/admin/cache?section=accounts', { language: 'zh' });
    await page.getByRole('button', { name: '统计全部账号' }).click();
    await expect
      .poll(() => page.locator('account-counts tbody tr').allTextContents())
      .toEqual([expect.stringContaining('已读取')]);
    await page.getByRole('button', { name: '查看文件' }).click();
    await page.getByText('one.png').waitFor();
    await close('zh');
  });
});
