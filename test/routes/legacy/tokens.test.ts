import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TOKEN_LABELS, type LegacyToken } from '../../../src/contract/legacy';
import { tendRefreshAll } from '../../../src/cron/refresh-all';
import { STEP_TOKENS, LEASE_MS } from '../../../src/tokens/refresh-all';
import { audited } from '../admin/client';
import { emptyPool, type LegacyClient, signInLegacy } from './client';

let client: LegacyClient;
beforeAll(async () => {
  client = await signInLegacy();
});
beforeEach(async () => {
  await emptyPool(env);
  await env.DB.prepare('DELETE FROM token_refresh').run();
});

const names = (count: number, word: string) =>
  Array.from({ length: count }, (_, index) => `${word}-${String(index).padStart(3, '0')}`);

const add = (tokens: string[], type = 'sso') =>
  client.post('tokens/add', { tokens, token_type: type });

async function listed(query = ''): Promise<LegacyToken[]> {
  return (await client.get(`tokens${query}`)).body.data;
}

describe('GET /api/tokens', () => {
  it('shows items in the older shape: a mask and an id, never the text', async () => {
    await add(['older-shape-token']);
    const { body } = await client.get('tokens');
    expect(body).toEqual({
      success: true,
      data: [expect.anything()],
      total: 1,
      page: 1,
      page_size: 5_000,
    });
    expect(body.data[0]).toEqual({
      id: expect.stringMatching(/^tok_/),
      token: expect.stringContaining('****'),
      token_type: 'sso',
      created_time: expect.any(Number),
      remaining_queries: -1,
      heavy_remaining_queries: -1,
      video_remaining: -1,
      video_limit: -1,
      status: '未使用',
      tags: [],
      note: '',
      cooldown_until: null,
      last_failure_time: null,
      last_failure_reason: null,
      limit_reason: '',
      cooldown_remaining: 0,
    });
    expect(JSON.stringify(body)).not.toContain('older-shape-token');
  });

  it('labels in the order of the contract', async () => {
    await client.admin.post('tokens', {
      ssoBasic: [
        { token: 'label-unused-basic' },
        { token: 'label-spent-basic', quota: 0 },
        { token: 'label-good-basic', quota: 7 },
        { token: 'label-off-basic', quota: 7, status: 'disabled' },
      ],
      ssoSuper: [
        { token: 'label-heavy-spent', quota: 9, heavy_quota: 0 },
        { token: 'label-chat-spent', quota: 0 },
        { token: 'label-unused-super' },
      ],
    });
    const labels = (await listed()).toReversed().map(({ status }) => status);
    expect(labels).toEqual([
      '未使用',
      '额度耗尽',
      '正常',
      '失效',
      '额度耗尽',
      '额度耗尽',
      '未使用',
    ]);
    const counts = async (status: string) =>
      (await client.get(`tokens?status=${encodeURIComponent(status)}&page_size=2`)).body.total;
    for (const [word, label] of Object.entries(TOKEN_LABELS)) {
      const wanted = labels.filter((status) => status === label).length;
      expect([await counts(word), await counts(label)]).toEqual([wanted, wanted]);
    }
    expect((await client.get('tokens?status=nonsense')).status).toBe(400);
    const { normal, super: superior, total } = (await client.get('stats')).body.data;
    expect(normal).toEqual({
      total: 4,
      expired: 1,
      cooldown: 0,
      exhausted: 1,
      unused: 1,
      active: 1,
      limited: 1,
    });
    expect(superior).toMatchObject({ total: 3, exhausted: 2, unused: 1, active: 0 });
    expect(total).toBe(7);
    expect((await client.get('stats/remaining')).body).toEqual({
      success: true,
      data: {
        chat_total_remaining: 16,
        image_total_remaining: 8,
        assumed_chat_quota_per_token: 0,
        video: { total_remaining: -1 },
      },
    });
  });

  it('goes by pages, newest first, each token once, by type and tag', async () => {
    await add(names(7, 'page-basic'));
    await add(names(3, 'page-super'), 'ssoSuper');
    const all = await listed('?sort=created_desc&limit=100000');
    const times = all.map(({ created_time: at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const seen: string[] = [];
    for (let page = 1; page <= 4; page++) {
      const { body } = await client.get(`tokens?page=${page}&page_size=3`);
      expect([body.total, body.page, body.page_size]).toEqual([10, page, 3]);
      seen.push(...body.data.map(({ id }: LegacyToken) => id));
    }
    expect(seen).toEqual(all.map(({ id }) => id));
    const supers = await client.get('tokens?token_type=ssoSuper&page=2&page_size=2');
    expect([supers.body.total, supers.body.data.length]).toEqual([3, 1]);
    const chosen = [all[0], all[5], all[9]].map((item) => item?.id ?? '');
    for (const token of chosen) await client.post('tokens/tags', { token, tags: ['vip'] });
    const tagged = await client.get('tokens?tag=vip&page=1&page_size=2');
    expect(tagged.body.total).toBe(3);
    expect(tagged.body.data.map(({ id }: LegacyToken) => id)).toEqual(chosen.slice(0, 2));
  });

  it('lists accounts alone, as many as the counts say: no credential of an official API', async () => {
    await client.admin.post('tokens', { provider: 'deepseek', tokens: ['sk-deepseek-not-listed'] });
    await add(names(2, 'beside-a-key'));
    const { body } = await client.get('tokens');
    expect(body.data.map((item: LegacyToken) => item.token_type)).toEqual(['sso', 'sso']);
    expect(body.total).toBe(2);
    expect((await client.get('stats')).body.data.total).toBe(body.total);
  });

  it('D-57: paging that is no number is a 400', async () => {
    for (const query of ['page=x', 'page=0', 'page_size=-1', 'limit=many', 'token_type=gold']) {
      const { status, body } = await client.get(`tokens?${query}`);
      expect([status, body.error.code, body.error.param]).toEqual([
        400,
        'invalid_request',
        query.split('=')[0],
      ]);
    }
  });
});

describe('edits', () => {
  it('D-53: adds, and adding again changes nothing of what is there', async () => {
    const first = await add(['known-older-one', 'sso=known-older-two']);
    expect(first.body).toMatchObject({ success: true, count: 2, message: expect.any(String) });
    await client.post('tokens/note', { token: 'known-older-one', note: ' mine ' });
    const again = await add(['sso=known-older-one', 'bad']);
    expect(again.body).toMatchObject({ success: true, count: 0, invalid: [{ line: 2 }] });
    expect((await listed()).map(({ note }) => note)).toEqual(['', 'mine']);
    expect((await add(['bad'])).body).toMatchObject({ success: false, count: 0 });
    expect((await client.post('tokens/add', { tokens: ['x'], token_type: 'gold' })).status).toBe(
      400,
    );
    expect(await audited(client.admin)).toContain('tokens.import');
  });

  it('edits tags and note by id or full text; an unknown token is success: false', async () => {
    await add(['edited-older-token']);
    const [item] = await listed();
    const token = item?.id;
    expect((await client.post('tokens/tags', { token, tags: [' b ', 'a', '', 'b'] })).body).toEqual(
      {
        success: true,
        message: expect.any(String),
        tags: ['b', 'a'],
      },
    );
    expect(
      (await client.post('tokens/note', { token: 'edited-older-token', note: ' n ' })).body,
    ).toEqual({ success: true, message: expect.any(String), note: 'n' });
    expect((await client.get('tokens/tags/all')).body).toEqual({ success: true, data: ['a', 'b'] });
    for (const path of ['tokens/tags', 'tokens/note']) {
      const unknown = { token: 'never-heard-of-it', tags: [], note: '' };
      const { status, body } = await client.post(path, unknown);
      expect([status, body]).toEqual([200, { success: false, message: expect.any(String) }]);
    }
  });

  it('D-02: deletes more than a hundred at once, by id and by full text', async () => {
    const all = names(150, 'delete-older');
    await add(all);
    const ids = (await listed()).slice(0, 50).map(({ id }) => id);
    const { body } = await client.post('tokens/delete', { tokens: [...ids, ...all.slice(0, 100)] });
    expect(body).toEqual({ success: true, message: expect.any(String), count: 150 });
    expect(await listed()).toEqual([]);
    const none = await client.post('tokens/delete', { tokens: ['delete-older-000'] });
    expect(none.body).toMatchObject({ success: false, count: 0 });
  });

  it('refuses masks as masked_identifier everywhere', async () => {
    await add(['a-rather-long-older-token']);
    const [item] = await listed();
    const token = item?.token;
    const bodies: Record<string, object> = {
      'tokens/add': { tokens: [token] },
      'tokens/delete': { tokens: [token] },
      'tokens/tags': { token, tags: [] },
      'tokens/note': { token, note: '' },
      'tokens/test': { token },
    };
    for (const [path, body] of Object.entries(bodies)) {
      const answer = await client.post(path, body);
      expect([path, answer.status, answer.body.error.code]).toEqual([
        path,
        400,
        'masked_identifier',
      ]);
    }
  });

  it('D-52: tests by what upstream says', async () => {
    await add(['older-test-good-q7', 'older-test-unauthorized']);
    const good = await client.post('tokens/test', { token: 'older-test-good-q7' });
    expect(good.body).toEqual({
      success: true,
      message: expect.any(String),
      data: {
        valid: true,
        remaining_queries: 7,
        limit: expect.any(Number),
        heavy_remaining_queries: null,
      },
    });
    const bad = await client.post('tokens/test', { token: 'older-test-unauthorized' });
    expect([bad.status, bad.body]).toEqual([
      200,
      {
        success: false,
        message: expect.any(String),
        data: { valid: false, error_type: 'expired', error_code: expect.any(String) },
      },
    ]);
    const unknown = await client.post('tokens/test', { token: 'never-heard-of-it' });
    expect(unknown.body).toMatchObject({
      success: false,
      data: { valid: false, error_code: 'not_found' },
    });
  });
});

describe('refresh-all', () => {
  const progress = async () => (await client.get('tokens/refresh-progress')).body.data;

  it('says that nothing runs while nothing ever ran', async () => {
    expect(await progress()).toEqual({
      running: false,
      current: 0,
      total: 0,
      success: 0,
      failed: 0,
      updated_at: null,
    });
  });

  it('goes on while somebody asks, to its end, with counts that are true', async () => {
    const all = [...names(STEP_TOKENS + 5, 'all-q3-good'), 'all-bad-unauthorized'];
    await add(all);
    const { body } = await client.post('tokens/refresh-all');
    expect(body).toEqual({ success: true, message: expect.any(String), data: { started: true } });
    await expect.poll(progress).toMatchObject({ running: false });
    expect(await progress()).toEqual({
      running: false,
      current: all.length,
      total: all.length,
      success: all.length - 1,
      failed: 1,
      updated_at: expect.any(Number),
    });
    expect(await audited(client.admin)).toContain('tokens.refresh-all');
    // A second run can follow.
    expect((await client.post('tokens/refresh-all')).body.success).toBe(true);
  });

  it('D-51: of many that start at once one begins', async () => {
    // More than one step: the run is under way while the others ask.
    const total = STEP_TOKENS * 2;
    await add(names(total, 'race-q3'));
    await env.DB.prepare('UPDATE token_refresh SET lease_until = 0').run();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => client.post('tokens/refresh-all')),
    );
    const begun = answers.filter(({ body }) => body.data.started === true);
    expect(begun).toHaveLength(1);
    for (const { body } of answers.filter(({ body: { success } }) => !success)) {
      expect(body.data).toEqual({
        running: expect.any(Boolean),
        current: expect.any(Number),
        total,
        success: expect.any(Number),
        failed: expect.any(Number),
        updated_at: expect.any(Number),
      });
    }
    await expect.poll(progress).toMatchObject({ running: false });
  });

  it('D-51: a run whose step died is not stuck: cron goes on once its lease has ended', async () => {
    await add(names(STEP_TOKENS * 2 + 1, 'dead-q3'));
    const total = STEP_TOKENS * 2 + 1;
    const died = (leaseUntil: number) =>
      env.DB.prepare(
        `INSERT INTO token_refresh VALUES (1, 'run_dead', 1, '', ?1, 0, 0, ?2, 0)
         ON CONFLICT (id) DO UPDATE SET lease_until = ?2`,
      )
        .bind(total, leaseUntil)
        .run();
    await died(Date.now() + LEASE_MS);
    await tendRefreshAll(env);
    expect(await progress()).toMatchObject({ running: true, current: 0, total });
    await died(Date.now() - 1);
    await tendRefreshAll(env);
    expect(await progress()).toMatchObject({ running: false, current: total, success: total });
  });
});
