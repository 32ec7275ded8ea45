import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestHarness, type TestHarness } from 'wrangler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findChromium, launchBrowser } from '../panel/browser';
import { startCountingProxy } from './counting-proxy';
import { killAll } from './processes';
import { startTwoGateways, type TwoGateways } from './two-gateways';
import { userIdOf } from '../simulator/grok-user';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MEBI = 1_048_576;
const ADMIN = { username: 'admin', password: 'correct horse battery staple' };
const SECRET = 'plain-mediae2e';

let harness: TestHarness;
let base: string;
let session: string;
let tokenId: string;

async function post(path: string, bearer: string | null, body: unknown): Promise<unknown> {
  const response = await fetch(`${base}/api/v1/admin/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** What an administrator is shown. */
async function view(path: string): Promise<string> {
  const headers = { authorization: `Bearer ${session}` };
  return (await fetch(`${base}/api/v1/admin/${path}`, { headers })).text();
}

beforeAll(async () => {
  const secrets = {
    CREDENTIAL_KEY: 'dGVzdC1vbmx5LWNyZWRlbnRpYWwta2V5LTMyLWJ5dGU=',
    SETUP_CODE: 'test-setup-code',
    INTERNAL_SECRET: 'test-internal-secret',
  };
  harness = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: './wrangler.toml',
        bindingOverrides: { EGRESS: 'simulator' },
        vars: { ALLOW_LOOPBACK: 'true' },
        secrets,
      },
      { configPath: './test/simulator/wrangler.toml' },
    ],
  });
  base = (await harness.listen()).url.origin;
  await harness.getWorker().applyD1Migrations('DB');
  await post('setup', null, { code: secrets.SETUP_CODE, ...ADMIN });
  const login = z.object({ api_key: z.string() }).parse(await post('login', null, ADMIN));
  session = login.api_key;
  await post('config', session, { media: { open_links: true } });
  await post('tokens', session, { provider: 'grok-web', tokens: [{ token: SECRET }] });
  tokenId = /tok_\w+/.exec(await view('tokens'))?.[0] ?? '';
});
afterAll(() => harness.close());

/** A path that was handed out as an open link. */
async function handOut(kind: 'image' | 'video', id: string): Promise<string> {
  const file = kind === 'image' ? 'image.jpg' : 'generated_video.mp4';
  const path = `/users/${userIdOf(SECRET)}/generated/${id}/${file}`;
  const code = `p_${Buffer.from(path).toString('base64url')}`;
  const { DB } = await harness.getWorker<{ DB: D1Database }>().getEnv();
  await DB.prepare(
    'INSERT INTO media_links (name, url, token_id, created_at) VALUES (?1, ?2, ?3, 0)',
  )
    .bind(`${kind}/${code}`, `https://assets.grok.com${path}`, tokenId)
    .run();
  return `/${kind}s/${code}`;
}

/** How often upstream was asked, by this account, for ids that begin so. */
async function asked(id: string): Promise<number> {
  const response = await harness
    .getWorker('simulator')
    .fetch(`http://simulator.local/calls?credential=${SECRET}&limit=200`);
  const { calls } = z
    .object({ calls: z.array(z.object({ path: z.string() })) })
    .parse(await response.json());
  return calls.filter(({ path }) => path.includes(`/${id}`)).length;
}

describe('two gateway processes on one state', () => {
  const folder = mkdtempSync(join(tmpdir(), 'two-gateways-'));
  let gateways: TwoGateways;

  beforeAll(async () => {
    gateways = await startTwoGateways(folder, SECRET);
  });
  afterAll(async () => {
    await killAll();
    rmSync(folder, { recursive: true, force: true });
  });

  it('fetch an object once for 100 misses each', async () => {
    const folderOf = `https://assets.grok.com/users/${userIdOf(SECRET)}/generated`;
    const path = await gateways.link(`${folderOf}/slowasset500-two/image.jpg`);
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const response = await fetch(gateways.urls[n % 2 === 0 ? 0 : 1] + path);
        return [response.status, (await response.arrayBuffer()).byteLength] as const;
      }),
    );
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(([, size]) => size)).size).toBe(1);
    expect(await gateways.asked('slowasset500-two')).toBe(1);
  });
});

describe('over HTTP', () => {
  it('1,000 anonymous misses of nonsense change nothing in the pool, though links are open', async () => {
    const code = (text: string) => Buffer.from(text).toString('base64url');
    const nonsense = (n: number): string => {
      const file = `/users/${userIdOf(SECRET)}/generated/nonsense-${n}/image.jpg`;
      switch (n % 4) {
        case 0:
          return `/images/p_${code(file)}`;
        case 1:
          return `/videos/p_${code(file.replace('image.jpg', 'generated_video.mp4'))}`;
        case 2:
          return `/v1/files/image${file}`;
        default:
          // Of a host that needs no account: that one is asked, and has nothing.
          return n % 40 === 3
            ? `/images/u_${code(`https://imagine-public.x.ai/nonsense-${n}-status404.jpg`)}`
            : `/images/nonsense-${n}`;
      }
    };
    const before = [await view('tokens'), await view('verify'), await view('calls')];
    const paths = Array.from({ length: 1_000 }, (_, n) => nonsense(n)).values();
    const statuses = new Set<number>();
    const ask = async (): Promise<void> => {
      for (const path of paths) {
        const response = await fetch(base + path);
        await response.arrayBuffer();
        statuses.add(response.status);
      }
    };
    await Promise.all(Array.from({ length: 20 }, ask));
    expect([...statuses]).toEqual([404]);
    expect([await view('tokens'), await view('verify'), await view('calls')]).toEqual(before);
    expect(JSON.parse(before[1] ?? '')).toMatchObject({ ok: true });
    expect(await asked('nonsense')).toBe(0);
  });

  it('a HEAD and a range tell their length', async () => {
    const path = await handOut('video', 'big5-http');
    const whole = await fetch(base + path);
    expect(whole.headers.get('content-length')).toBe(String(5 * MEBI));
    expect((await whole.arrayBuffer()).byteLength).toBe(5 * MEBI);
    const head = await fetch(base + path, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(5 * MEBI));
    const part = await fetch(base + path, { headers: { range: 'bytes=0-1' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-length')).toBe('2');
    const unchanged = await fetch(base + path, {
      headers: { 'if-none-match': head.headers.get('etag') ?? '' },
    });
    expect(unchanged.status).toBe(304);
    expect(await asked('big5-http')).toBe(1);
  });
});

const CHROMIUM = findChromium();

describe.skipIf(CHROMIUM === null)('a real <video>', () => {
  it('seeks to the middle of a 40 MB file with at most 4 MB transferred', async () => {
    const film = await handOut('video', 'big40-player');
    const page = `<video preload="metadata" muted src="${film}"></video>`;
    const proxy = await startCountingProxy(base, page);
    const browser = await launchBrowser(CHROMIUM ?? '');
    try {
      const shown = await browser.browser.newPage();
      await shown.goto(`${proxy.url}/page`);
      const video = shown.locator('video');
      await expect.poll(() => video.evaluate(readyState)).toBeGreaterThan(0);
      expect(await video.evaluate(seekToMiddle)).toBe(5);
      expect(proxy.bytes()).toBeLessThanOrEqual(4_000_000);
    } finally {
      await browser.close();
      proxy.close();
    }
  });
});

/** What is run in the page: Node knows no elements. */
interface Player extends EventTarget {
  readonly duration: number;
  readonly readyState: number;
  currentTime: number;
}
const readyState = (player: unknown): number => (player as Player).readyState;
/** Resolves when the picture there is shown. */
const seekToMiddle = (element: unknown): Promise<number> =>
  new Promise((resolve) => {
    const player = element as Player;
    player.addEventListener('seeked', () => resolve(player.currentTime));
    player.currentTime = player.duration / 2;
  });
