import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../panel/axe.ts';
import type { Look, WatchedPage } from '../panel/browser.ts';
import { chromiumPath, faultsOf, openWorld, type PanelWorld } from '../panel/world.ts';

/** The playgrounds: what a caller gets, seen through the panel. */

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);

const WORDS = {
  en: {
    message: 'Message',
    stop: 'Stop',
    stopped: 'Stopped.',
    retry: 'Ask again',
    editMessage: 'Edit the message',
    resend: 'Send again',
    invalidKey: /API key/,
    prompt: 'Prompt',
    start: 'Start',
    idle: 'Idle',
    create: 'Make the video',
    done: 'Done',
    remove: 'Delete',
  },
  zh: {
    message: '消息',
    stop: '停止',
    stopped: '已停止。',
    retry: '重新回答',
    editMessage: '编辑消息',
    resend: '重新发送',
    invalidKey: /密钥无效/,
    prompt: '提示词',
    start: '开始',
    idle: '空闲',
    create: '生成视频',
    done: '完成',
    remove: '删除',
  },
} as const;

const LOOKS: readonly Pick<Look, 'language' | 'size'>[] = [
  { language: 'en', size: 1280 },
  { language: 'zh', size: 390 },
];

describe.skipIf(chromiumPath === null)('the playgrounds', () => {
  let world: PanelWorld;
  let key: string;

  beforeAll(async () => {
    world = await openWorld({ isSeeded: false });
    key = await world.gateway.newKey();
    await world.gateway.useTokens('grok-web', ['plain-playground']);
  });
  afterAll(() => world.close());

  async function opened(path: string, look: Partial<Look>): Promise<WatchedPage> {
    const watched = await world.visit.open(path, look);
    await useKey(watched.page, key);
    return watched;
  }

  /** Nothing that the page shows now is wrong, in either theme. */
  async function expectSound(
    { page, problems }: WatchedPage,
    { language }: Pick<Look, 'language'>,
  ) {
    expect.soft(await faultsOf(page, language)).toEqual([]);
    expect.soft(await accessibilityFaults(page)).toEqual([]);
    expect.soft(problems.take()).toEqual([]);
  }

  it.each(LOOKS)(
    'chat streams an answer, asks again, edits, and keeps it over a reload ($language)',
    async (look) => {
      const words = WORDS[look.language];
      const watched = await opened('/admin/chat', look);
      const { page } = watched;
      await say(page, words.message, 'first line\nhello [[think]]');
      const answer = page.locator('model-answer');
      await answer.locator('markdown-view').getByText('Echo: hello').waitFor();
      const reasoning = answer.locator('details').first();
      await expect.poll(() => reasoning.getAttribute('open')).toBeNull();
      const retry = answer.getByRole('button', { name: words.retry, disabled: false });
      const second = page.waitForResponse('**/v1/chat/completions');
      await retry.click();
      await second;
      await retry.waitFor();
      await answer.getByText('Echo: hello').waitFor();
      await page.getByRole('button', { name: words.editMessage }).click();
      await page.locator('user-message textarea').fill('changed');
      await page.getByRole('button', { name: words.resend }).click();
      await answer.getByText('Echo: changed').waitFor();
      await expect.poll(() => answer.count()).toBe(1);
      await retry.waitFor();
      await expectSound(watched, look);

      await page.locator('a[href="/admin/models"]').first().dispatchEvent('click');
      await page.locator('models-page').waitFor();
      await page.goBack();
      await answer.getByText('Echo: changed').waitFor();
      await page.reload();
      await answer.getByText('Echo: changed').waitFor();
      expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(key);
      await watched.close();
    },
  );

  it('chat shows attached and drawn pictures, and plays videos', async () => {
    const watched = await opened('/admin/chat', {});
    const { page } = watched;
    await page.locator('chat-composer input[type=file]').setInputFiles({
      name: 'dot.png',
      mimeType: 'image/png',
      buffer: PNG,
    });
    await page.locator('picture-picker img').waitFor();
    await say(page, 'Message', 'hello');
    await page.locator('user-message img').waitFor();
    await page.locator('model-answer').getByText('Echo: hello').waitFor();
    await page.locator('model-bar select').selectOption('grok-imagine-1.0');
    await say(page, 'Message', 'a kite');
    const picture = page.locator('markdown-view .picture').first();
    await expectLoaded(picture.locator('img'));
    await picture.click();
    await page.locator('picture-viewer img').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('picture-viewer img').waitFor({ state: 'detached' });

    await page.locator('model-bar select').selectOption('grok-imagine-1.0-video');
    await say(page, 'Message', 'a kite');
    await expectPlayable(page.locator('markdown-view video'));
    await expect.poll(() => page.locator('model-answer').count()).toBe(3);
    await expectSound(watched, { language: 'en' });
    await watched.close();
  });

  it('chat runs nothing of a hostile answer, and loads nothing from elsewhere', async () => {
    const watched = await opened('/admin/chat', {});
    const { page } = watched;
    const hostile = [
      `<img src=x onerror="globalThis.hostile=1"><script>globalThis.hostile=1</script>`,
      '[link](javascript:globalThis.hostile=1) ![p](https://elsewhere.test/p.png) <svg onload=hostile=1>',
      '<iframe src=javascript:hostile=1></iframe><a href="data:text/html,x" onclick=hostile=1>a</a>',
      '<video src=https://elsewhere.test/v.mp4 onerror=hostile=1></video><style>*{display:none}</style>',
      '<form action=https://elsewhere.test><input name=x autofocus onfocus=hostile=1></form>',
      '<details open ontoggle=hostile=1>x</details><p style="position:fixed" class=card id=key>p</p>',
    ].join(' ');
    await say(page, 'Message', hostile);
    const answer = page.locator('markdown-view');
    await answer.getByText('Echo:').first().waitFor();
    await page.locator('model-answer button:enabled', { hasText: 'Ask again' }).waitFor();
    const left = await answer.evaluate((view) =>
      [...(view.shadowRoot?.querySelectorAll('*') ?? [])]
        .filter((one) => one.matches('script, iframe, svg, form, input, style:not(:host > style)'))
        .map((one) => one.outerHTML),
    );
    expect(left).toEqual([]);
    const links = await answer
      .locator('a')
      .evaluateAll((all) =>
        all.map((link) => [link.getAttribute('href'), link.getAttribute('rel')]),
      );
    for (const [href, rel] of links) {
      if (href === null) continue;
      expect(href).toMatch(/^https:\/\/elsewhere\.test\//);
      expect(rel).toBe('noopener noreferrer');
    }
    await expectSound(watched, { language: 'en' });
    await watched.close();
  });

  it('chat stops in the middle, and says what failed in the language of its reader', async () => {
    const look = { language: 'zh', size: 390 } as const;
    const words = WORDS[look.language];
    await world.gateway.useTokens('grok-web', [`pace300-tokens200-${look.size}`]);
    const watched = await opened('/admin/chat', look);
    const { page, problems } = watched;
    await say(page, words.message, 'a long answer');
    const answer = page.locator('model-answer');
    await answer.locator('markdown-view').waitFor();
    await page.getByRole('button', { name: words.stop }).click();
    await answer.getByText(words.stopped).waitFor();
    await expect.poll(() => answer.locator('.blocks').innerText()).not.toBe('');

    problems.allow(/401/);
    const bad = `sk-${'0'.repeat(48)}`;
    await page.route('**/v1/chat/completions', (route) => {
      const headers = { ...route.request().headers(), authorization: `Bearer ${bad}` };
      return route.continue({ headers });
    });
    await answer.getByRole('button', { name: words.retry }).click();
    const alert = answer.getByRole('alert');
    await alert.getByText(words.invalidKey).waitFor();
    await expect.poll(() => alert.innerText()).toMatch(/[0-9A-Z]{26}\]$/);
    await expectSound(watched, look);
    await watched.close();
    await world.gateway.useTokens('grok-web', ['plain-playground']);
  });

  it.each(LOOKS)(
    'imagine draws a batch over its session, and finds it again ($language)',
    async (look) => {
      const words = WORDS[look.language];
      const watched = await opened('/admin/imagine?mode=single', look);
      const { page } = watched;
      const sessions = look.language === 'en' ? 2 : 1;
      await page.getByLabel(words.prompt, { exact: true }).fill('a lighthouse');
      await page.locator('select[name=concurrency]').selectOption(String(sessions));
      await page.getByRole('button', { name: words.start }).click();
      const pictures = page.locator('picture-card img:not(.preview)');
      await expect.poll(() => pictures.count()).toBe(4 * sessions);
      for (let index = 0; index < 4 * sessions; index++) await expectLoaded(pictures.nth(index));
      await page.getByText(words.idle, { exact: true }).waitFor();
      await expectSound(watched, look);

      await page.locator('picture-card button.view').first().click();
      const large = page.locator('picture-viewer img');
      await large.waitFor();
      const first = await large.getAttribute('src');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => large.getAttribute('src')).not.toBe(first);
      await page.keyboard.press('Escape');
      await large.waitFor({ state: 'detached' });
      await page.reload();
      await expect.poll(() => pictures.count()).toBe(4 * sessions);
      await watched.close();
    },
  );

  it('imagine draws by one request and edits, and asks again for a picture that failed', async () => {
    const watched = await opened('/admin/imagine?mode=request', {});
    const { page, problems } = watched;
    await page.route('**/v1/images/generations', (route) => route.abort(), { times: 1 });
    problems.allow(/ERR_FAILED/);
    await page.getByLabel('Prompt', { exact: true }).fill('a kite');
    await page.locator('select[name=n]').selectOption('1');
    await page.getByRole('button', { name: 'Draw' }).click();
    await page.getByRole('button', { name: 'Try again' }).click();
    const pictures = page.locator('picture-card img:not(.preview)');
    await expectLoaded(pictures.first());
    await expect.poll(() => page.locator('picture-card').count()).toBe(1);

    await page.locator('draw-form select').first().selectOption('edit');
    await page.locator('draw-form input[type=file]').setInputFiles({
      name: 'dot.png',
      mimeType: 'image/png',
      buffer: PNG,
    });
    await page.locator('draw-form picture-picker img').waitFor();
    await page.getByRole('button', { name: 'Draw' }).click();
    await expect.poll(() => pictures.count()).toBe(2);
    await expectLoaded(pictures.first());
    await expectSound(watched, { language: 'en' });
    await watched.close();
  });

  it('imagine comes back to a session that draws on, after its line dropped', async () => {
    await world.gateway.useTokens('grok-web', ['pace60-q1000']);
    const watched = await opened('/admin/imagine?mode=continuous', {});
    const { page } = watched;
    await page.getByLabel('Prompt', { exact: true }).fill('a river');
    await page.locator('select[name=n]').selectOption('2');
    await page.getByRole('button', { name: 'Start' }).click();
    const pictures = page.locator('picture-card img:not(.preview)');
    await expect.poll(() => pictures.count()).toBeGreaterThan(1);
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    await page.reload();
    const seen = await pictures.count();
    await expect.poll(() => pictures.count()).toBeGreaterThan(seen + 2);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Idle', { exact: true }).waitFor();
    await watched.close();
    await world.gateway.useTokens('grok-web', ['plain-playground']);
  });

  it.each(LOOKS)('a video is made, found again, played and deleted ($language)', async (look) => {
    const words = WORDS[look.language];
    const watched = await opened('/admin/video', look);
    const { page } = watched;
    await page.getByLabel(words.prompt, { exact: true }).fill('a kite');
    await page.getByRole('button', { name: words.create }).click();
    const card = page.locator('video-card');
    await card.waitFor();
    await page.reload();
    await card.getByText(words.done, { exact: true }).waitFor();
    await expectPlayable(card.locator('video'));
    await expectSound(watched, look);
    await card.getByRole('button', { name: words.remove }).click();
    await page.locator('confirm-dialog').getByRole('button', { name: words.remove }).click();
    await card.waitFor({ state: 'detached' });
    await expect.poll(() => page.locator('video').count()).toBe(0);
    await watched.close();
  });
});

async function useKey(page: Page, key: string): Promise<void> {
  const field = page.locator('key-field input');
  await field.fill(key);
  await field.press('Enter');
  await page.locator('model-bar select:enabled').waitFor();
}

async function say(page: Page, label: string, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: label, exact: true });
  await field.fill(text);
  await field.press('Enter');
}

type Locator = ReturnType<Page['locator']>;

async function expectLoaded(image: Locator): Promise<void> {
  const width = () =>
    image.evaluate((one) => {
      one.scrollIntoView();
      return Number(Reflect.get(one, 'naturalWidth'));
    });
  await expect.poll(width).toBeGreaterThan(0);
}

/** Its length and size are known. */
async function expectPlayable(video: Locator): Promise<void> {
  const seconds = () => video.evaluate((one) => Number(Reflect.get(one, 'duration')) || 0);
  await expect.poll(seconds).toBeGreaterThan(0);
}
