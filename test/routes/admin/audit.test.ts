import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { insertAudit } from '../../../src/store/audit';
import { type Client, signIn } from './client';

interface Entry {
  readonly id: number;
  readonly action: string;
  readonly target: string;
  readonly detail: string;
}

let admin: Client;
beforeAll(async () => {
  admin = await signIn();
});

async function entries(query: string): Promise<readonly Entry[]> {
  return (await admin.get(`audit?${query}`)).body.entries;
}

describe('the audit log', () => {
  it('is searched whole, by text, action and admin, page by page', async () => {
    const row = (n: number, over: object = {}) =>
      insertAudit(env.DB, {
        at: n,
        admin: n % 2 === 0 ? 'Anna' : 'bert',
        ip: '192.0.2.1',
        action: n % 3 === 0 ? 'keysets.create' : 'keys.create',
        target: `key_${n}`,
        detail: `100%_of ${n}`,
        ...over,
      });
    for (let n = 0; n < 12; n++) await row(n);
    const targets = async (query: string) => (await entries(query)).map(({ target }) => target);
    expect(await targets('text=KEY_11')).toEqual(['key_11']);
    expect(await targets('text=%25_OF 7')).toEqual(['key_7']);
    expect(await targets('text=nobody')).toEqual([]);
    expect(await targets('action=keysets.create')).toEqual(['key_9', 'key_6', 'key_3', 'key_0']);
    expect(await targets('action=keys&admin=anna')).toEqual(['key_10', 'key_8', 'key_4', 'key_2']);
    const first = (await admin.get('audit?action=keys&limit=3')).body;
    expect(first.entries.map(({ target }: Entry) => target)).toEqual(['key_11', 'key_10', 'key_8']);
    expect(await targets(`action=keys&limit=3&after=${first.next}`)).toEqual([
      'key_7',
      'key_5',
      'key_4',
    ]);
    expect((await admin.get(`audit?text=${'x'.repeat(201)}`)).status).toBe(400);
  });

  it('does not fill with looks at tokens', async () => {
    await admin.post('tokens', { ssoBasic: ['looked-at-q3-good'] });
    await admin.post('tokens/test', { token: 'looked-at-q3-good' });
    expect(await entries('action=tokens.test')).toEqual([]);
    await admin.post('tokens/refresh', { all: true });
    await admin.post('tokens/refresh', { all: true, after: '1' });
    expect(await entries('action=tokens.refresh')).toHaveLength(1);
  });

  it('says of an import that was stopped how far it had come', async () => {
    const lines = Array.from(
      { length: 2_000 },
      (_, line) => `sso=stopped-import-${line}-0123456789`,
    );
    const response = await exports.default.fetch(
      'https://gateway.test/api/v1/admin/tokens?progress=1',
      {
        method: 'POST',
        headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'text/plain' },
        body: lines.join('\n'),
      },
    );
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await expect
      .poll(() => entries('action=tokens.import&text=stopped after'))
      .toMatchObject([{ target: '2000 tokens' }]);
    const [entry] = await entries('action=tokens.import&text=stopped after');
    const stored = Number(/: (\d+) added/.exec(entry?.detail ?? '')?.[1]);
    const { total } = (await admin.get('tokens?search=stopped-im&limit=500')).body;
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(2_000);
    // The one that was looked at above is beside them.
    expect(total).toBe(stored + 1);
  });
});
