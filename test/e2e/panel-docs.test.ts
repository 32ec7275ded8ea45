import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../panel/axe.ts';
import type { Look, WatchedPage } from '../panel/browser.ts';
import { chromiumPath, faultsOf, openWorld, type PanelWorld } from '../panel/world.ts';

const LOOKS: readonly Partial<Look>[] = [
  { size: 1280, language: 'en', theme: 'light' },
  { size: 390, language: 'zh', theme: 'dark' },
];

describe.skipIf(chromiumPath === null)('the page of the API', () => {
  let world: PanelWorld;
  beforeAll(async () => {
    world = await openWorld({ isSeeded: false });
  });
  afterAll(() => world.close());

  /** Nobody is signed in. */
  const open = async (look: Partial<Look>, hash = ''): Promise<WatchedPage> => {
    const { url, browser } = world.visit;
    const watched = await browser.newPage(url, look);
    await watched.page.goto(`${url}/docs${hash}`);
    await watched.page.locator('docs-operation').first().waitFor();
    return watched;
  };

  it.each(LOOKS)('fits, is translated and accessible: $language, $theme, $size', async (look) => {
    const { page, problems, close } = await open(look, '#postV1ChatCompletions');
    await page.locator('docs-operation[open] schema-view').first().waitFor();
    expect.soft(await faultsOf(page, look.language ?? 'en')).toEqual([]);
    expect.soft(await accessibilityFaults(page)).toEqual([]);
    expect.soft(problems.take()).toEqual([]);
    await close();
  });

  it('finds routes by words, and opens one with its fields, examples and codes', async () => {
    const { page, problems, close } = await open({});
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const routes = page.locator('docs-operation');
    await expect.poll(() => routes.count()).toBeGreaterThan(100);
    const all = await routes.count();
    await page.keyboard.press('/');
    await page.keyboard.type('images generations');
    await expect.poll(() => routes.count()).toBe(1);
    await page.getByText('/v1/images/generations').click();
    await page.getByText('prompt', { exact: true }).waitFor();
    await page.getByText('pool_exhausted').waitFor();
    await expect.poll(() => page.url()).toContain('#postV1ImagesGenerations');
    await page.getByRole('button', { name: 'Copy', exact: true }).first().click();
    await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
    const line = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(line).toContain(`curl -X POST '${world.visit.url}/v1/images/generations'`);
    expect(line).toContain('-H "Authorization: Bearer $API_KEY"');
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').fill('');
    await expect.poll(() => routes.count()).toBe(all);
    await page.getByRole('searchbox').fill('nothing is called so');
    await page.getByText('Search for fewer words').waitFor();
    expect(problems.take()).toEqual([]);
    await close();
  });

  it('is served with its document to any page', async () => {
    const page = await fetch(`${world.visit.url}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const document = await fetch(`${world.visit.url}/openapi.json`);
    expect(document.headers.get('access-control-allow-origin')).toBe('*');
    expect(document.headers.get('cache-control')).toContain('max-age=300');
    expect(await document.json()).toMatchObject({ openapi: '3.1.0' });
  });
});
