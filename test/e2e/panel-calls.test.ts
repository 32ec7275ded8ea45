import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { newCallId } from '../../src/lib/ids.ts';
import { accessibilityFaults } from '../panel/axe.ts';
import type { Look, WatchedPage } from '../panel/browser.ts';
import { HOSTILE } from '../panel/hostile.ts';
import { chromiumPath, faultsOf, openWorld, type PanelWorld, signIn } from '../panel/world.ts';
import { wordsOf } from '../panel/words.ts';

const Calls = z.object({ calls: z.array(z.object({ id: z.string(), model: z.string() })) });

describe.skipIf(chromiumPath === null)('the calls page', () => {
  let world: PanelWorld;
  let watched: WatchedPage;
  let page: Page;
  let keyId = '';

  beforeAll(async () => {
    world = await openWorld({ isSeeded: false });
    const { gateway } = world;
    await gateway.useTokens('grok-web', ['q100-a-token-of-the-log']);
    await callOnce(await gateway.newKey({ name: HOSTILE[0] }));
    // The queue writes it down.
    await vi.waitFor(async () => expect(await listed()).toHaveLength(1), { timeout: 60_000 });
    keyId = await hostileKeyId();
    await insert(60);
  });
  afterAll(() => world.close());

  const callOnce = async (key: string): Promise<void> => {
    const response = await fetch(`${world.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'grok-3', messages: [{ role: 'user', content: 'hello' }] }),
    });
    expect(response.status).toBe(200);
    await response.text();
  };
  const listed = async (query = '') =>
    Calls.parse(await world.gateway.admin('GET', `calls?limit=500${query}`)).calls;
  const hostileKeyId = async (): Promise<string> => {
    const reply = await world.gateway.admin('GET', 'keys');
    const { data } = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(reply);
    // The first of all is that of the set-up.
    return data.at(-1)?.id ?? '';
  };
  /** Calls as the log could hold them, with hostile text wherever text comes from outside. */
  const insert = async (count: number): Promise<void> => {
    const { DB } = await world.gateway.harness.getWorker().getEnv();
    const statements = Array.from({ length: count }, (_, index) => {
      const at = Date.now() - 60_000 - index * 60_000;
      const isBad = index % 6 === 0;
      return DB.prepare(
        `INSERT INTO calls (id, at, duration_ms, first_part_ms, key_id, kind, model, provider, token_id,
                            attempts, stream, outcome, error, status, units, uncertain, day)
         VALUES (?1, ?2, 900, 40, ?3, 'chat', ?4, ?5, 'tok_gone', 1, 0, ?6, ?7, ?8, 1, 0, '2026-01-01')`,
      ).bind(
        newCallId(at),
        at,
        keyId,
        isBad ? HOSTILE[index % HOSTILE.length] : 'grok-4',
        HOSTILE[1],
        isBad ? 'faulty' : 'done',
        isBad ? `=${HOSTILE[2]}` : null,
        isBad ? 502 : 200,
      );
    });
    await DB.batch(statements);
  };

  const open = async (path = '/admin/calls', look: Partial<Look> = {}): Promise<void> => {
    watched = await world.visit.open(path, look);
    ({ page } = watched);
  };
  /** Nothing went wrong in the page, and what it shows now is whole. */
  const close = async (language: Look['language'] = 'en'): Promise<void> => {
    expect(await faultsOf(page, language)).toEqual([]);
    expect(watched.problems.take()).toEqual([]);
    await watched.close();
  };
  const rows = () => page.locator('call-table tbody tr');

  it('lists calls with their figures, and pages through them', async () => {
    await open();
    await expect.poll(() => rows().count()).toBe(50);
    await page.locator('call-figures').getByText('61', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Next page' }).click();
    await expect.poll(() => rows().count()).toBe(11);
    await page.getByRole('checkbox', { name: 'Live', disabled: true }).waitFor();
    await page.getByRole('button', { name: 'Previous page' }).click();
    await expect.poll(() => rows().count()).toBe(50);
    expect(await accessibilityFaults(page)).toEqual([]);
    await close();
  });

  it('narrows by what is chosen and typed, and keeps it in the address', async () => {
    await open();
    await page.getByText('Filters', { exact: true }).click();
    await page.getByLabel('Status').selectOption('5xx');
    await expect.poll(() => rows().count()).toBe(10);
    expect(new URL(page.url()).searchParams.get('status')).toBe('5xx');
    await page.keyboard.press('/');
    await page.keyboard.type('onerror');
    const text = () => new URL(page.url()).searchParams.get('text');
    await expect.poll(text).toBe('onerror');
    await expect.poll(() => rows().count()).toBe(10);
    await page.reload();
    await expect.poll(() => rows().count()).toBe(10);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(() => rows().count()).toBe(50);
    expect(new URL(page.url()).search).toBe('');
    await page.getByLabel('Time range').selectOption('1h');
    await expect.poll(() => new URL(page.url()).search).toBe('?range=1h');
    await close();
  });

  it('finds a token by its note, and shows only its calls', async () => {
    const reply = await world.gateway.admin('GET', 'tokens');
    const { ssoBasic } = z
      .object({ ssoBasic: z.array(z.object({ id: z.string(), token: z.string() })) })
      .parse(reply);
    const id = ssoBasic[0]?.id ?? '';
    await world.gateway.admin('POST', 'tokens/update', { id, note: HOSTILE[4] });
    await open();
    await page.getByText('Filters', { exact: true }).click();
    await page.getByRole('combobox', { name: 'Token' }).fill('textarea');
    await page.locator('item-picker li button').first().click();
    await expect.poll(() => new URL(page.url()).searchParams.get('token')).toBe(id);
    await expect.poll(() => rows().count()).toBe(1);
    await close();
  });

  it('finds one key of many by its name, and shows only its calls', async () => {
    await open('/admin/calls', { language: 'zh' });
    await page.getByText('筛选', { exact: true }).click();
    await page.getByRole('combobox', { name: '密钥' }).fill(HOSTILE[0].slice(0, 8));
    // Not the first of all keys, which the field shows until it has found those of the text.
    await page.locator('item-picker li button').filter({ hasText: HOSTILE[0] }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('key')).toBe(keyId);
    await expect.poll(() => rows().count()).toBe(50);
    await page.getByRole('button', { name: '选择其他密钥' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
    await close('zh');
  });

  it('opens a call at its own address, whole, and links to its token', async () => {
    const [call] = await listed('&model=grok-3');
    await open('/admin/calls?model=grok-3', { language: 'zh', size: 390, theme: 'dark' });
    await rows().first().click();
    const dialog = page.getByRole('dialog', { name: '调用详情' });
    await dialog.waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get('id')).toBe(call?.id);
    await expect.poll(() => page.locator('call-dialog dl').textContent()).toContain(HOSTILE[0]);
    await expect
      .poll(() => page.getByRole('link', { name: '查看凭据' }).getAttribute('href'))
      .toMatch(/^\/admin\/token\?search=tok_/);
    expect(await faultsOf(page, 'zh')).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => new URL(page.url()).searchParams.get('id')).toBeNull();
    await close('zh');
  });

  it.each(['en', 'zh'] as const)(
    'exports what the filters show, in both formats (%s)',
    async (language) => {
      const word = await wordsOf('calls', language);
      await open('/admin/calls', { language });
      await page.locator('call-filters summary').click();
      await page.getByLabel(word('status')).selectOption('5xx');
      await expect.poll(() => rows().count()).toBe(10);
      const save = async (name: string): Promise<string> => {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name }).click(),
        ]);
        return readFile(await download.path(), 'utf8');
      };
      const csv = await save(word('exportCsv'));
      expect(csv.startsWith('\uFEFFtime,id,')).toBe(true);
      expect(csv.trimEnd().split('\r\n')).toHaveLength(11);
      expect(csv).toContain(`'=${HOSTILE[2]}`);
      const lines = (await save(word('exportLines'))).trimEnd().split('\n');
      expect(lines.map((line) => z.object({ status: z.number() }).parse(JSON.parse(line)))).toEqual(
        Array.from({ length: 10 }, () => ({ status: 502 })),
      );
      await close(language);
    },
  );

  it('shows new calls by itself while it is live', async () => {
    await open('/admin/calls?model=grok-4.1-fast');
    await page.getByText('No call fits').waitFor();
    await page.getByRole('checkbox', { name: 'Live' }).check();
    const { DB } = await world.gateway.harness.getWorker().getEnv();
    await DB.prepare(
      `INSERT INTO calls (id, at, duration_ms, key_id, kind, model, provider, attempts, stream, outcome,
                          status, units, uncertain, day)
       VALUES (?1, ?2, 1, 'key_gone', 'chat', 'grok-4.1-fast', 'grok-web', 1, 0, 'done', 200, 1, 0, '2026-01-01')`,
    )
      .bind(newCallId(), Date.now())
      .run();
    await expect
      .poll(() => rows().allTextContents())
      .toEqual([expect.stringContaining('deleted key')]);
    await close();
  });

  it('clears the log after a question; a viewer cannot', async () => {
    await world.gateway.admin('POST', 'admins', {
      username: 'looker',
      password: 'a password to look with',
      role: 'viewer',
    });
    const looker = { username: 'looker', password: 'a password to look with' };
    const visit = await signIn(world.visit.browser, world.gateway.url, looker);
    const viewer = await visit.open('/admin/calls');
    expect(await viewer.page.getByRole('button', { name: 'Clear log' }).isDisabled()).toBe(true);
    await viewer.close();

    await open('/admin/calls?range=all', { language: 'zh' });
    await page.getByRole('button', { name: '清空日志' }).click();
    await page.getByRole('button', { name: '清空', exact: true }).click();
    await page.getByText('还没有调用').waitFor();
    expect(await listed()).toEqual([]);
    await close('zh');
  });
});
