import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { accessibilityFaults } from '../panel/axe.ts';
import type { Look, WatchedPage } from '../panel/browser.ts';
import { focusedTag, hasFocus } from '../panel/focus.ts';
import { HOSTILE } from '../panel/hostile.ts';
import { chromiumPath, faultsOf, openWorld, type PanelWorld, signIn } from '../panel/world.ts';
import { wordsOf } from '../panel/words.ts';

const Listed = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      is_active: z.boolean(),
      chat_limit: z.number(),
      heavy_limit: z.number(),
      rpm: z.nullable(z.number()),
      models: z.nullable(z.array(z.string())),
      ips: z.nullable(z.array(z.string())),
    }),
  ),
});

describe.skipIf(chromiumPath === null)('the keys page', () => {
  let world: PanelWorld;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    world = await openWorld({ isSeeded: false });
  });
  afterAll(() => world.close());

  const open = async (path = '/admin/keys', look: Partial<Look> = {}): Promise<void> => {
    watched = await world.visit.open(path, look);
    ({ page } = watched);
  };
  /** Nothing went wrong in the page, and what it shows now is whole. */
  const close = async (language: Look['language'] = 'en'): Promise<void> => {
    expect(await faultsOf(page, language)).toEqual([]);
    expect(watched.problems.take()).toEqual([]);
    await watched.close();
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const listed = async (name: string) => {
    const { data } = Listed.parse(await world.gateway.admin('GET', 'keys'));
    return data.find((key) => key.name === name);
  };
  const statusWith = async (key: string): Promise<number> => {
    const url = `${world.gateway.url}/v1/models`;
    return (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status;
  };

  it('makes a key with limits, and shows it once to be copied', async () => {
    await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await press('Add key');
    await page.getByLabel('Name', { exact: true }).fill('shop');
    await press('Recommended');
    await page.getByLabel('Chat', { exact: true }).fill('1.5');
    await page.getByLabel('Requests a minute').fill('60');
    await page.getByLabel('Allowed models').fill('grok-4');
    await press('Create');
    // The wrong number is said where it is, and nothing was sent.
    await page.getByText('A whole number from 0').waitFor();
    expect(await page.getByLabel('Chat', { exact: true }).getAttribute('aria-invalid')).toBe(
      'true',
    );
    expect(await listed('shop')).toBeUndefined();

    await page.getByLabel('Chat', { exact: true }).fill('2');
    await press('Create');
    await page.getByRole('heading', { name: 'Your new key' }).waitFor();
    const key = (await page.locator('made-keys code.key').textContent()) ?? '';
    await page.locator('made-keys').getByRole('button', { name: 'Copy' }).first().click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(key);
    expect(await page.locator('made-keys code').nth(1).textContent()).toContain(`Bearer ${key}`);
    await press('Done');
    expect(await statusWith(key)).toBe(200);

    expect(await listed('shop')).toMatchObject({
      is_active: true,
      chat_limit: 2,
      heavy_limit: 100,
      rpm: 60,
      models: ['grok-4'],
      ips: null,
    });
    const row = page.getByRole('row', { name: /shop/ });
    await row.waitFor();
    expect(await row.textContent()).not.toContain(key);
    await close();
  });

  it('opens a form in its first field, asks before what was typed is lost, gives the focus back', async () => {
    await open('/admin/keys?search=shop');
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Add key' }).press('Enter');
    const name = page.getByLabel('Name', { exact: true });
    await expect.poll(() => hasFocus(name)).toBe(true);
    await page.keyboard.type('half a form');
    // Selecting text beyond the edge is no click beside the dialog, and Esc asks.
    const box = await name.boundingBox();
    await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + 5);
    await page.mouse.down();
    await page.mouse.move(5, 5);
    await page.mouse.up();
    await page.keyboard.press('Escape');
    await page.getByText('Close without saving what you entered?').waitFor();
    await page.keyboard.press('Escape');
    expect(await name.inputValue()).toBe('half a form');
    await page.keyboard.press('Escape');
    await press('Close all the same');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => hasFocus(page.getByRole('button', { name: 'Add key' }))).toBe(true);

    // A question opens on none of its buttons: keys that go on being pressed answer nothing.
    const remove = page.getByRole('button', { name: 'Delete shop' });
    await remove.press('Enter');
    await page.locator('confirm-dialog dialog[open]').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    expect(await focusedTag(page)).toBe('div');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => hasFocus(remove)).toBe(true);
    await close();
  });

  it('keeps a new key in sight until it was copied, whatever is pressed', async () => {
    await open();
    await page.getByRole('button', { name: 'Add key' }).press('Enter');
    await expect.poll(() => hasFocus(page.getByLabel('Name', { exact: true }))).toBe(true);
    await page.keyboard.type('made in haste');
    await page.keyboard.press('Enter');
    const shown = page.locator('made-keys code.key');
    await shown.waitFor();
    for (const key of ['Enter', 'Space', 'Escape', 'Escape', 'Escape']) {
      await page.keyboard.press(key);
    }
    await page.getByText('it cannot be shown again').waitFor();
    expect(await shown.isVisible()).toBe(true);
    // Where the clipboard is refused, the text is selected and copied as of old, and that is looked at.
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
    });
    await press('Go on');
    await page.locator('made-keys').getByRole('button', { name: 'Copy' }).first().click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await press('Done');
    await shown.waitFor({ state: 'detached' });
    // And a copy that fails is told.
    await page.getByRole('button', { name: 'Add key' }).click();
    await press('Create');
    await page.evaluate('document.execCommand = () => false');
    await page.locator('made-keys').getByRole('button', { name: 'Copy' }).first().click();
    await page.getByRole('alert').filter({ hasText: 'does not let this page copy' }).waitFor();
    expect(await page.getByRole('button', { name: 'Copied' }).count()).toBe(0);
    await press('Done');
    await press('Close all the same');
    await close();
  });

  it('edits what was changed and nothing else; the key stays locked', async () => {
    await open('/admin/keys?search=shop');
    await press('Edit shop');
    expect(await page.getByLabel('Key', { exact: true }).isDisabled()).toBe(true);
    // Somebody else edits another field meanwhile.
    await world.gateway.admin('POST', 'keys/update', { id: (await listed('shop'))?.id, rpm: 99 });
    await page.getByLabel('Name', { exact: true }).fill('web shop');
    await page.getByLabel('Heavy', { exact: true }).fill('');
    await page.getByLabel('Allowed addresses').fill('127.0.0.1\n10.0.0.0/33');
    await press('Save');
    // The gateway's word on the second address stands at its field.
    const wrong = page.locator('key-dialog [role=alert]');
    await wrong.waitFor();
    expect(await wrong.getAttribute('id')).toBe('error-ips');
    expect(await wrong.textContent()).toContain('10.0.0.0/33');
    watched.problems.allow(/status of 400/);
    watched.problems.take();
    await page.getByLabel('Allowed addresses').fill('127.0.0.1\n10.0.0.0/8');
    await press('Save');
    await page.getByRole('row', { name: /web shop/ }).waitFor();
    expect(await listed('web shop')).toMatchObject({
      chat_limit: 2,
      heavy_limit: -1,
      rpm: 99,
      models: ['grok-4'],
      ips: ['127.0.0.1', '10.0.0.0/8'],
    });
    await close();
  });

  it.each(['en', 'zh'] as const)(
    'makes many, edits one, switches the ticked ones off and deletes them (%s)',
    async (language) => {
      const word = await wordsOf('keys', language);
      await open('/admin/keys', { language });
      await press(word('addMany'));
      await page.getByLabel(word('count')).fill('4');
      await page.getByLabel(word('prefix')).fill('batch');
      await press(word('create'));
      const made = await page.getByRole('textbox', { name: word('allKeys') }).inputValue();
      const keys = made.split('\n');
      expect(keys).toHaveLength(4);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        press(word('download')),
      ]);
      expect(download.suggestedFilename()).toBe('api-keys.csv');
      await page.keyboard.press('Escape');
      await page.locator('made-keys').waitFor({ state: 'detached' });

      await page.keyboard.press('/');
      await page.keyboard.type('batch');
      await page.getByText(/^4 /).waitFor();
      await press(word('edit', 'batch-2'));
      await page.getByLabel(word('fields.rpm')).fill('7');
      await press(word('save'));
      await page.getByText(word('saved')).waitFor();
      expect(await listed('batch-2')).toMatchObject({ rpm: 7 });

      await page.locator('key-table thead input[type=checkbox]').check();
      const bulk = page.locator('bulk-bar');
      await bulk.getByRole('button', { name: word('bulk.disable') }).click();
      // Told once it is done; a list of models is given for ten seconds more to a key that asked before.
      await page.getByText(word('done.disable', 4)).waitFor();
      expect(await Promise.all(keys.map(statusWith))).toEqual(keys.map(() => 401));
      expect(await listed('batch-1')).toMatchObject({ is_active: false });

      await page.getByLabel(word('status'), { exact: true }).selectOption('inactive');
      await expect.poll(() => page.url()).toContain('status=inactive');
      await bulk.getByRole('button', { name: word('bulk.delete') }).click();
      await page
        .locator('confirm-dialog')
        .getByRole('button', { name: word('bulk.delete'), exact: true })
        .click();
      await page.getByText(word('done.delete', 4)).waitFor();
      expect(await listed('batch-1')).toBeUndefined();
      await press(word('reset'));
      await page.getByRole('row', { name: /web shop/ }).waitFor();
      await close(language);
    },
  );

  it('serves a phone in Chinese: full-width button, centred dialog, mask and Esc', async () => {
    await open('/admin/keys', { size: 390, language: 'zh', theme: 'dark' });
    const add = page.getByRole('button', { name: '新建密钥', exact: true });
    expect((await add.boundingBox())?.width).toBeGreaterThan(350);
    await add.click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const box = await dialog.boundingBox();
    expect(box).not.toBeNull();
    expect(Math.abs((box?.x ?? 0) + (box?.width ?? 0) / 2 - 195)).toBeLessThan(2);
    expect(Math.abs((box?.y ?? 0) + (box?.height ?? 0) / 2 - 422)).toBeLessThan(3);
    const chat = await page.getByLabel('对话', { exact: true }).boundingBox();
    const heavy = await page.getByLabel('Heavy', { exact: true }).boundingBox();
    expect(chat?.y).toBe(heavy?.y);
    await page.getByLabel('启用', { exact: true }).scrollIntoViewIfNeeded();
    expect(await faultsOf(page, 'zh')).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await add.click();
    await dialog.waitFor();
    await page.touchscreen.tap(195, 10);
    await dialog.waitFor({ state: 'detached' });
    await close('zh');
  });

  it('takes names for text, whatever they are', async () => {
    for (const name of HOSTILE) await world.gateway.newKey({ name });
    await open('/admin/keys', { language: 'zh' });
    await page.getByRole('row', { name: /onerror/ }).waitFor();
    await page
      .getByRole('row', { name: /onerror/ })
      .getByRole('button', { name: /删除/ })
      .click();
    const question = page.locator('confirm-dialog').getByText('onerror');
    await question.waitFor();
    expect(await question.textContent()).toContain(HOSTILE[0]);
    await close('zh');
  });

  it('lets a viewer look and not change', async () => {
    const viewer = { username: 'watcher', password: 'a viewer of this panel 7' };
    await world.gateway.admin('POST', 'admins', { ...viewer, role: 'viewer' });
    const visit = await signIn(world.visit.browser, world.gateway.url, viewer);
    watched = await visit.open('/admin/keys');
    ({ page } = watched);
    await page.getByRole('row', { name: /web shop/ }).waitFor();
    for (const name of ['Add key', 'Add several', 'Edit web shop', 'Delete web shop']) {
      expect(await page.getByRole('button', { name, exact: true }).isDisabled(), name).toBe(true);
    }
    expect(await page.locator('data-table input[type=checkbox]').count()).toBe(0);
    await close();
  });
});
