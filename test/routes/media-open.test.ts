import { env, exports } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/contract/settings';
import { newAccount, pool, upstreamCalls } from '../media/support';

/** With open links anybody may ask for anything: what it costs is for this file to show. */

const MISSES = 1_000;

async function openLinks(): Promise<void> {
  const media = { ...DEFAULT_SETTINGS.media, open_links: true };
  await env.DB.prepare(
    'INSERT OR REPLACE INTO settings (id, version, value, updated_at) VALUES (1, 1, ?1, 0)',
  )
    .bind(JSON.stringify({ ...DEFAULT_SETTINGS, media }))
    .run();
}

const code = (prefix: 'p' | 'u', text: string): string =>
  `${prefix}_${new TextEncoder().encode(text).toBase64({ alphabet: 'base64url', omitPadding: true })}`;

it(`${MISSES} anonymous misses change nothing in the pool (D-03, D-30)`, async () => {
  await openLinks();
  const { tokenId, secret, picture } = await newAccount();
  const mine = new URL(picture('secret')).pathname;
  const paths = [
    (n: number) => `/v1/files/image${mine}?n=${n}`,
    (n: number) => `/images/${code('p', `${mine}?n=${n}`)}`,
    (n: number) => `/videos/${code('p', `/users/${n}/generated/x/generated_video.mp4`)}`,
    (n: number) => `/images/${code('u', `https://imagine-public.x.ai/nonsense/${n}`)}`,
    (n: number) => `/images/${code('u', `https://evil.test/${n}`)}`,
    (n: number) => `/images/nonsense-${n}.jpg`,
  ];
  const standing = async () => ({
    tokens: await pool().findTokens([{ id: tokenId }]),
    stats: await pool().stats(),
    buckets: await pool().verify(),
  });
  const before = await standing();
  const statuses = new Set<number>();
  for (let from = 0; from < MISSES; from += 100) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, at) => {
        const n = from + at;
        const path = paths[n % paths.length]?.(n) ?? '';
        const response = await exports.default.fetch(`https://gw.test${path}`);
        await response.arrayBuffer();
        return response.status;
      }),
    );
    for (const status of answers) statuses.add(status);
  }
  expect(statuses).toEqual(new Set([404]));
  expect(await standing()).toEqual(before);
  expect(await upstreamCalls(secret)).toEqual([]);
});
