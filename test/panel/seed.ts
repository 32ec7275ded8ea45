import { newCallId } from '../../src/lib/ids.ts';
import type { Gateway } from '../e2e/harness.ts';
import { HOSTILE } from './hostile.ts';

/** Chinese that people entered: no fault of the panel's translation. */
export const ENTERED = ['测试账号', '备用', '张三的密钥', '用一句话介绍你自己'] as const;

const [IMAGE, SCRIPT, LINK, HANDLER, VECTOR] = HOSTILE;

/** What an operator's gateway holds after a while: the simulator does what a credential's name says. */
export async function seed(gateway: Gateway): Promise<void> {
  await gateway.admin('POST', 'config', { app: { call_retention_rows: 100_000 } });
  const keys = await seedKeys(gateway);
  await seedFailures(gateway, keys[0] ?? '');
  await seedTokens(gateway);
  await seedCalls(gateway.url, keys);
  await seedHostileCalls(gateway);
  await seedMedia(gateway.url, keys[0] ?? '');
}

/** Credentials that fail, alone in the pool, until each has failed: some cool down, some are of no use. */
async function seedFailures(gateway: Gateway, key: string): Promise<void> {
  const token = {
    breaker_credentials: 100,
    fail_threshold: 1,
    faulty_strikes: 1,
    faulty_s: 3_600,
  };
  await gateway.admin('POST', 'config', { token });
  await gateway.admin('POST', 'tokens', {
    ssoBasic: [
      { token: 'basic-account-noread-limited600', note: 'is rate-limited', tags: ['team-a'] },
      { token: 'basic-account-e500', note: 'is cooling', tags: ['team-a'] },
      { token: 'basic-account-unauthorized', note: 'has expired', tags: ['old'] },
      { token: 'basic-account-banned', note: 'was banned', tags: ['old'] },
    ],
    ssoSuper: [{ token: 'super-account-noread-limited900', note: 'is rate-limited, too' }],
  });
  for (let call = 0; call < FAILING_CALLS; call++) await chat(gateway.url, key, 'grok-4', 'hello');
  await gateway.admin('POST', 'config', {
    token: { ...token, fail_threshold: 5, faulty_strikes: 3, faulty_s: 30 },
  });
}

async function seedTokens(gateway: Gateway): Promise<void> {
  const plain = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => ({
      token: `${prefix}-account-${index}-q${20 + index * 7}`,
      note: index % 4 === 0 ? ENTERED[0] : `batch ${index + 1}`,
      tags: index % 3 === 0 ? ['team-a', ENTERED[1]] : ['team-b'],
    }));
  const hostile = HOSTILE.map((text, index) => ({
    token: `hostile-account-${index}-q50`,
    note: text,
    tags: [text.slice(0, 50)],
  }));
  await gateway.admin('POST', 'tokens', {
    ssoBasic: [
      ...plain(24, 'basic'),
      ...hostile,
      { token: 'basic-account-resting', note: 'is switched off', status: 'disabled' },
    ],
    ssoSuper: [...plain(8, 'super'), { token: 'super-account-resting', status: 'disabled' }],
  });
  await gateway.admin('POST', 'tokens', {
    provider: 'deepseek',
    tokens: [{ token: 'sk-deepseek-plain', note: 'paid by card', tags: ['official'] }],
  });
}

/** Keys of every kind. @returns those that seeded calls are made with */
async function seedKeys(gateway: Gateway): Promise<readonly string[]> {
  const limits = { chat_per_day: 500, heavy_per_day: 5, image_per_day: 20, video_per_day: 2 };
  // The oldest, so that a picture of the list begins with what an operator has.
  for (const name of [SCRIPT, LINK, HANDLER, VECTOR]) await gateway.newKey({ name });
  const hostile = await gateway.newKey({
    name: IMAGE,
    models: ['grok-4', 'grok-3', 'deepseek-chat'],
  });
  const keys = [
    await gateway.newKey({ name: 'website' }),
    await gateway.newKey({ name: 'mobile app', limits, rpm: 600, concurrency: 8 }),
    hostile,
    await gateway.newKey({ name: ENTERED[2], limits: { chat_per_day: 3 } }),
  ];
  const week = Date.now() + 7 * 86_400_000;
  await gateway.newKey({
    name: 'ends next week',
    expires_at: week,
    ips: ['127.0.0.1', '10.0.0.0/8'],
  });
  await gateway.newKey({ name: 'switched off', is_active: false });
  return keys;
}

const MODELS = ['grok-4', 'grok-3', 'grok-4.1-fast', 'deepseek-chat', 'grok-4-heavy'] as const;
const CALLS = 120;
const FAILING_CALLS = 5;
const AT_ONCE = 6;

/** Calls as clients make them; some are refused, some are streamed. */
async function seedCalls(url: string, keys: readonly string[]): Promise<void> {
  const order = Array.from({ length: CALLS }, (_, index) => index);
  const worker = async (): Promise<void> => {
    for (let index = order.shift(); index !== undefined; index = order.shift()) {
      const isHostile = index % 20 === 7;
      const model = isHostile ? HOSTILE[index % HOSTILE.length] : MODELS[index % MODELS.length];
      const content = index % 9 === 0 ? ENTERED[3] : `question ${index} ${isHostile ? IMAGE : ''}`;
      await chat(url, keys[index % keys.length] ?? '', model ?? '', content, index % 2 === 0);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Calls with names that no request could bring in: whatever wrote them, they are shown as text. */
async function seedHostileCalls(gateway: Gateway): Promise<void> {
  const { DB } = await gateway.harness.getWorker().getEnv();
  const statements = HOSTILE.map((text, index) => {
    const at = Date.now() - index;
    return DB.prepare(
      `INSERT INTO calls (id, at, duration_ms, key_id, kind, model, provider, token_id, attempts, stream,
                          outcome, error, status, units, uncertain, day)
       VALUES (?1, ?2, 900, ?3, 'chat', ?3, ?3, ?3, 1, 0, 'faulty', ?3, 502, 1, 0, '2026-01-01')`,
    ).bind(newCallId(at), at, text);
  });
  await DB.batch(statements);
}

async function chat(url: string, key: string, model: string, content: string, stream = false) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content }] }),
  });
  await response.text();
}

/** Pictures, so that the media page has something to show. */
async function seedMedia(url: string, key: string): Promise<void> {
  for (const prompt of ['a lighthouse in fog', IMAGE]) {
    const response = await fetch(`${url}/v1/images/generations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'grok-imagine-1.0', prompt, n: 2 }),
    });
    const reply: unknown = await response.json();
    for (const link of linksIn(reply)) await (await fetch(link)).arrayBuffer();
  }
}

function linksIn(reply: unknown): string[] {
  const text = JSON.stringify(reply);
  return [...text.matchAll(/"url":"(http[^"]+)"/g)].map(([, link = '']) => link);
}
