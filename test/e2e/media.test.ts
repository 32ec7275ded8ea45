import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTestHarness, type TestHarness } from 'wrangler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findChromium, launchBrowser } from '../panel/browser';
import { startCountingProxy } from './counting-proxy';
import { userIdOf } from '../simulator/grok-user';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MEBI = 1_048_576;
const ADMIN = { username: 'admin', password: 'correct horse battery staple' };
const SECRET = 'plain-mediae2e';

let harness: TestHarness;
let base: string;
let tokenId: string;

/** A second Worker of the same code: isolates of its own over the same storage and objects. */
function secondGateway(secrets: Readonly<Record<string, string>>) {
  const text = readFileSync(`${ROOT}/wrangler.toml`, 'utf8');
  const vars = Object.fromEntries(
    [...text.matchAll(/^([A-Z_]+) = "(.*)"$/gm)].map(([, name = '', value]) => [name, value]),
  );
  const objects = ['TokenPool', 'ImagineSession', 'VideoJob', 'MediaFill', 'MediaPurge'];
  return {
    name: 'second',
    main: 'src/worker.ts',
    compatibility_date: '2026-10-20',
    compatibility_flags: ['nodejs_compat', 'enable_request_signal', 'global_fetch_strictly_public'],
    vars: { ...vars, ...secrets, ALLOW_LOOPBACK: 'true' },
    assets: { directory: 'ui/dist', binding: 'ASSETS' },
    d1_databases: [{ binding: 'DB', database_name: 'grok2api' }],
    kv_namespaces: [{ binding: 'KV_CACHE' }],
    services: [{ binding: 'EGRESS', service: 'simulator' }],
    queues: { producers: [{ binding: 'USAGE_QUEUE', queue: 'grok2api-usage' }] },
    durable_objects: {
      bindings: objects.map((name) => ({
        name: name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(),
        class_name: name,
        script_name: 'grok2api',
      })),
    },
  };
}

async function post(path: string, session: string | null, body: unknown): Promise<unknown> {
  const response = await fetch(`${base}/api/v1/admin/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(session === null ? {} : { authorization: `Bearer ${session}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
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
      { config: secondGateway(secrets) },
      { configPath: './test/simulator/wrangler.toml' },
    ],
  });
  base = (await harness.listen()).url.origin;
  await harness.getWorker().applyD1Migrations('DB');
  await post('setup', null, { code: secrets.SETUP_CODE, ...ADMIN });
  const login = z.object({ api_key: z.string() }).parse(await post('login', null, ADMIN));
  await post('config', login.api_key, { media: { open_links: true } });
  await post('tokens', login.api_key, { provider: 'grok-web', tokens: [{ token: SECRET }] });
  const listed = await fetch(`${base}/api/v1/admin/tokens`, {
    headers: { authorization: `Bearer ${login.api_key}` },
  });
  tokenId = /tok_\w+/.exec(await listed.text())?.[0] ?? '';
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

/** How often upstream was asked for this id. */
async function asked(id: string): Promise<number> {
  const response = await harness
    .getWorker('simulator')
    .fetch(`http://simulator.local/calls?credential=${SECRET}&limit=200`);
  const { calls } = z
    .object({ calls: z.array(z.object({ path: z.string() })) })
    .parse(await response.json());
  return calls.filter(({ path }) => path.includes(`/${id}/`)).length;
}

describe('two gateways on one state', () => {
  it('fetch an object once for 100 misses each', async () => {
    const path = await handOut('image', 'slowasset100-two');
    const [first, second] = [harness.getWorker(), harness.getWorker('second')];
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const worker = n % 2 === 0 ? first : second;
        const response = await worker.fetch(`http://gw.test${path}`);
        return [response.status, (await response.arrayBuffer()).byteLength] as const;
      }),
    );
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(([, size]) => size)).size).toBe(1);
    expect(await asked('slowasset100-two')).toBe(1);
  });
});

describe('over HTTP', () => {
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
