import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TokenItem } from '../../../src/contract/tokens';
import { poolStub } from '../../../src/pool/stub';
import { IMPORT_CHUNK } from '../../../src/tokens/name-tokens';
import { audited, call, type Client, importText, signIn } from './client';

let admin: Client;
beforeAll(async () => {
  admin = await signIn();
});

/** Every test begins with an empty pool. */
beforeEach(async () => {
  for (;;) {
    const { tokens } = await poolStub(env).listTokens({ limit: 200 });
    if (tokens.length === 0) return;
    await poolStub(env).deleteTokens(tokens.map(({ id }) => ({ id })));
  }
});

async function listed(query = ''): Promise<TokenItem[]> {
  const { body } = await admin.get(`tokens${query}`);
  return [...body.ssoBasic, ...body.ssoSuper, ...body.providers];
}

async function only(): Promise<TokenItem> {
  const [item] = await listed();
  if (item === undefined) throw new Error('the pool is empty');
  return item;
}

const names = (count: number, prefix = 'bulk-token') =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe('import', () => {
  it('takes the old shape and answers what became of it', async () => {
    const { status, body } = await admin.post('tokens', {
      ssoBasic: [
        'sso=first-basic-token',
        { token: 'second-basic-token', quota: 5, note: 'n', tags: ['a'] },
      ],
      ssoSuper: [{ token: 'first-super-token', quota: 9, heavy_quota: 2 }, 'x'],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'success',
      total: 4,
      added: 3,
      updated: 0,
      unchanged: 0,
      removed: 0,
      duplicates: 0,
      invalid: [{ line: 4, reason: expect.any(String) }],
    });
    const { body: list } = await admin.get('tokens');
    expect(list.total).toBe(3);
    expect(
      list.ssoBasic.map((item: TokenItem) => [item.quota, item.quota_known, item.note]),
    ).toEqual([
      [-1, false, ''],
      [5, true, 'n'],
    ]);
    expect(list.ssoSuper[0]).toMatchObject({
      quota: 9,
      heavy_quota: 2,
      heavy_quota_known: true,
      token_type: 'ssoSuper',
      status: 'active',
    });
    expect(await audited(admin)).toContain('tokens.import');
  });

  it('D-12: posting nothing deletes nothing', async () => {
    await admin.post('tokens', { ssoBasic: ['keep-this-token'] });
    expect((await admin.post('tokens', { ssoBasic: [], ssoSuper: [] })).body.removed).toBe(0);
    expect((await admin.post('tokens', {})).status).toBe(400);
    expect(await listed()).toHaveLength(1);
  });

  it('D-53: an existing token keeps id, counters, figures, tags and note; the sso= prefix is no other token', async () => {
    await admin.post('tokens', {
      ssoBasic: [{ token: 'known-token-1', quota: 6, note: 'mine', tags: ['vip'] }],
    });
    const before = await only();
    const again = await admin.post('tokens', {
      ssoBasic: ['sso=known-token-1', { token: 'known-token-1', quota: 99 }],
    });
    expect(again.body).toMatchObject({ added: 0, updated: 0, unchanged: 1, duplicates: 1 });
    expect(await only()).toEqual(before);
  });

  it('reads text, one a line: cookie strings, prefixes, blank lines, duplicates', async () => {
    const text = 'sso=text-token-1\r\n\r\na=b; sso=text-token-2; c=d\ntext-token-1\nbad\n';
    const { body } = await importText(admin, text, '?token_type=ssoSuper');
    expect(body).toMatchObject({ added: 2, duplicates: 1, invalid: [{ line: 5 }] });
    expect((await listed()).map((item) => item.token_type)).toEqual(['ssoSuper', 'ssoSuper']);
  });

  it('takes keys of other providers, unmetered', async () => {
    await admin.post('tokens', { tokens: ['sk-moonshot-key-0001'], provider: 'moonshot' });
    const { body } = await admin.get('tokens?type=moonshot');
    expect(body.providers).toMatchObject([{ provider: 'moonshot', token_type: 'moonshot' }]);
  });

  it('refuses a mask as masked_identifier', async () => {
    await admin.post('tokens', { ssoBasic: ['a-rather-long-token-to-mask'] });
    const { token } = await only();
    expect(token).toContain('****');
    const { status, body } = await admin.post('tokens', { ssoBasic: [{ token, note: 'x' }] });
    expect(status).toBe(400);
    expect(body.error.code).toBe('masked_identifier');
  });

  it('imports 10,000 at once and reports its progress as events', async () => {
    const text = names(10_000).join('\n');
    const { body, headers } = await importText(admin, text, '', { accept: 'text/event-stream' });
    expect(headers.get('content-type')).toContain('text/event-stream');
    const events = String(body)
      .split('\n\n')
      .filter((part) => part !== '')
      .map((part) => JSON.parse(part.replace('data: ', '')));
    expect(events).toHaveLength(Math.ceil(10_000 / IMPORT_CHUNK) + 1);
    expect(events[0]).toEqual({
      type: 'progress',
      done: IMPORT_CHUNK,
      total: 10_000,
      added: IMPORT_CHUNK,
      updated: 0,
      unchanged: 0,
    });
    expect(events.at(-1)).toMatchObject({ type: 'done', added: 10_000, status: 'success' });
    expect((await admin.get('tokens?limit=1')).body.total).toBe(10_000);
  });

  it('reports progress as lines with ?progress=1, and refuses one credential too many', async () => {
    const { body } = await importText(admin, names(IMPORT_CHUNK + 1).join('\n'), '?progress=1');
    const lines = String(body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.type)).toEqual(['progress', 'progress', 'done']);
    const tooMany = await importText(admin, names(10_001).join('\n'));
    expect(tooMany.status).toBe(400);
  });

  it.each(['', '?progress=1'])(
    'says with dry_run%s what would happen, and stores nothing',
    async (progress) => {
      await admin.post('tokens', { ssoBasic: ['dry-known-token', 'dry-other-token'] });
      const before = await listed();
      const audits = await audited(admin);
      const items = ['dry-known-token', 'dry-fresh-token', 'dry-fresh-token', 'bad', 'a=b; c=d'];
      const tagged = { token: 'dry-other-token', tags: ['new'] };
      const dry = await admin.post(`tokens${progress}`, {
        tokens: [...items, tagged],
        dry_run: true,
      });
      const report =
        progress === '' ? dry.body : JSON.parse(String(dry.body).trim().split('\n').at(-1) ?? '');
      expect(report).toMatchObject({
        dry_run: true,
        total: 6,
        added: 1,
        updated: 1,
        unchanged: 1,
        duplicates: 1,
        invalid: [
          { line: 4, reason: 'too short to be a credential' },
          { line: 5, reason: 'the cookie string holds no sso cookie' },
        ],
      });
      expect(await listed()).toEqual(before);
      expect(await audited(admin)).toEqual(audits);
    },
  );

  it('says the same of text, and the import then does just that', async () => {
    const text = 'sso=dry-text-token-1\ndry-text-token-2\nbad\n';
    const counts = { total: 3, added: 2, unchanged: 0, invalid: [{ line: 3 }] };
    const dry = await importText(admin, text, '?dry_run=1');
    expect(dry.body).toMatchObject({ ...counts, dry_run: true });
    expect(await listed()).toEqual([]);
    const real = await importText(admin, text);
    expect(real.body).toMatchObject(counts);
    expect(real.body.dry_run).toBeUndefined();
    expect((await importText(admin, text, '?dry_run=true')).body).toMatchObject({ unchanged: 2 });
  });

  it('D-17: shows no credential anywhere', async () => {
    const secret = 'very-secret-credential-0123456789';
    await admin.post('tokens', { ssoBasic: [secret] });
    const item = await only();
    const answers = await Promise.all([
      admin.get('tokens'),
      admin.get('tokens/export'),
      admin.get('audit'),
      admin.post('tokens/update', { id: item.id, note: 'x' }),
    ]);
    expect(JSON.stringify(answers)).not.toContain(secret);
    expect(item.token).toBe('very-s****6789');
  });
});

describe('replace', () => {
  const replace = (body: object) => admin.post('tokens', { replace: true, ...body });
  const version = async (): Promise<number> => (await admin.get('tokens?limit=1')).body.version;

  it('D-12: replaces only the posted pools, and keeps what the kept tokens have', async () => {
    await admin.post('tokens', {
      ssoBasic: [{ token: 'old-basic-keep', quota: 4, tags: ['t'] }, 'old-basic-drop'],
      ssoSuper: ['old-super-token'],
    });
    const { body } = await replace({
      ssoBasic: ['old-basic-keep', 'new-basic-token'],
      version: await version(),
    });
    expect(body).toMatchObject({ added: 1, unchanged: 1, removed: 1 });
    const items = await listed();
    expect(items).toHaveLength(3);
    expect(items.find((item) => item.quota === 4)).toMatchObject({ tags: ['t'] });
    expect(items.filter((item) => item.token_type === 'ssoSuper')).toHaveLength(1);
  });

  it('D-12: refuses to replace what has changed since it was read, or was never read', async () => {
    await admin.post('tokens', { ssoBasic: ['token-of-mine-1'] });
    const read = await version();
    await admin.post('tokens', { ssoBasic: ['token-of-another-admin'] });
    for (const body of [{ ssoBasic: [], version: read }, { ssoBasic: [] }]) {
      const answer = await replace(body);
      expect(answer.status).toBe(409);
      expect(answer.body.error.code).toBe('stale_version');
    }
    expect(await listed()).toHaveLength(2);
  });

  it('D-02: removes more tokens than D1 takes parameters', async () => {
    await importText(admin, names(450).join('\n'));
    const { body } = await replace({ ssoBasic: names(3), version: await version() });
    expect(body).toMatchObject({ unchanged: 3, removed: 447 });
  });

  it('replaces nothing when an item cannot be read: it would be removed by mistake', async () => {
    await admin.post('tokens', { ssoBasic: ['token-of-mine-1'] });
    const { status } = await replace({
      ssoBasic: ['token-of-mine-1', 'bad'],
      version: await version(),
    });
    expect(status).toBe(400);
    expect(await listed()).toHaveLength(1);
  });
});

describe('list', () => {
  it('pages by keyset, each token once', async () => {
    await importText(admin, names(25).join('\n'));
    const seen: string[] = [];
    for (let after = ''; ;) {
      const { body } = await admin.get(`tokens?limit=10&after=${after}`);
      seen.push(...body.ssoBasic.map((item: TokenItem) => item.id));
      if (body.next === null) break;
      after = body.next;
    }
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
  });

  it('filters by type, state, tag and text', async () => {
    await admin.post('tokens', {
      ssoBasic: [
        { token: 'basic-with-tag', tags: ['blue'] },
        { token: 'basic-disabled', status: 'disabled' },
      ],
      ssoSuper: [{ token: 'super-with-note', note: 'Needle in hay' }],
      tokens: ['heavy-account-1'],
      tier: 'heavy',
    });
    const count = async (query: string) => (await listed(query)).length;
    expect(await count('?type=sso')).toBe(2);
    expect(await count('?type=ssoSuper')).toBe(2);
    expect(await count('?state=disabled')).toBe(1);
    expect(await count('?state=invalid')).toBe(0);
    expect(await count('?tag=blue')).toBe(1);
    expect(await count('?search=needle')).toBe(1);
    expect(await count('?type=sso&state=active')).toBe(1);
    expect(await count('?type=heavy')).toBe(1);
    expect(await count('?type=sso,heavy')).toBe(3);
    expect(await count('?state=active,disabled')).toBe(4);
    expect(await count('?type=super&state=disabled')).toBe(0);
  });

  it('D-64: a token with nothing left is exhausted, not active; unknown is neither', async () => {
    await admin.post('tokens', {
      ssoBasic: [
        { token: 'noread-spent-basic-token', quota: 0 },
        { token: 'noread-full-basic-token', quota: 9 },
      ],
      ssoSuper: [
        { token: 'noread-heavy-spent-token', quota: 9, heavy_quota: 0 },
        { token: 'noread-unread-super-token' },
      ],
    });
    await admin.post('tokens', {
      ssoBasic: [{ token: 'noread-off-basic-token', quota: 0, status: 'disabled' }],
    });
    const spent = await listed('?state=exhausted');
    expect(spent.map(({ quota, exhausted }) => [quota, exhausted])).toEqual([
      [0, true],
      [9, true],
    ]);
    expect((await listed('?state=active')).map(({ quota }) => quota)).toEqual([9, -1]);
    const { body } = await admin.get('tokens?state=exhausted&limit=1');
    expect(body.total).toBe(2);
    const { body: overview } = await admin.get('overview');
    expect(overview.supply).toMatchObject([
      { tier: 'basic', active: 1, exhausted: 1, disabled: 1, chat_free: 9 },
      { tier: 'super', active: 1, exhausted: 1, chat_free: 9 },
    ]);
    expect((await admin.get('metrics')).body.tokens).toMatchObject({
      active: 2,
      exhausted: 2,
      disabled: 1,
      chat_quota: 18,
    });
  });

  it('finds the few among the many on one page, without an empty page after it', async () => {
    await importText(admin, names(300).join('\n'));
    const all = await listed('?limit=300');
    const chosen = [10, 150, 299].map((index) => all[index]?.id);
    await admin.post('tokens/update', { ids: chosen, disabled: true });
    const { body } = await admin.get('tokens?state=disabled&limit=3');
    expect(body.ssoBasic.map((item: TokenItem) => item.id)).toEqual(chosen);
    expect(body).toMatchObject({ total: 3, next: null });
  });

  it('shows one token by its id, 404 for others', async () => {
    await admin.post('tokens', { ssoBasic: ['one-token-to-show'] });
    const item = await only();
    expect((await admin.get(`tokens/${item.id}`)).body).toEqual({ token: item });
    expect((await admin.get('tokens/tok_none')).status).toBe(404);
  });

  it.each(['limit=abc', 'limit=0', 'limit=501', 'limit=', 'after=abc', 'state=odd', 'type=odd'])(
    'D-57: answers 400 to %s, not 500',
    async (query) => {
      const { status, body } = await admin.get(`tokens?${query}`);
      expect(status).toBe(400);
      expect(body.error).toMatchObject({ code: 'invalid_request', param: query.split('=')[0] });
    },
  );

  it('D-14: gives text back as data, unchanged, typed as JSON', async () => {
    const note = `<img src=x onerror="alert('1')">`;
    await admin.post('tokens', {
      ssoBasic: [{ token: `quote'and<angle>-token-1`, note, tags: [note] }],
    });
    const { body, headers } = await admin.get('tokens');
    expect(headers.get('content-type')).toContain('application/json');
    expect(body.ssoBasic[0]).toMatchObject({ note, tags: [note] });
    expect(body.ssoBasic[0].id).toMatch(/^tok_[0-9A-Z]{26}$/);
  });

  it('lists tags once, sorted, and exports masks as lines', async () => {
    await admin.post('tokens', {
      ssoBasic: [
        { token: 'tagged-token-1', tags: ['b', 'a'] },
        { token: 'tagged-token-2', tags: ['b'] },
      ],
    });
    expect((await admin.get('tokens/tags')).body).toEqual({ success: true, data: ['a', 'b'] });
    const { body } = await admin.get('tokens/export');
    const lines = String(body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.tags)).toEqual([['b', 'a'], ['b']]);
  });
});

describe('update and delete', () => {
  it('changes by id or by full text, and says how many were found', async () => {
    await admin.post('tokens', { ssoBasic: ['change-this-token'] });
    const { id } = await only();
    const byId = await admin.post('tokens/update', {
      id,
      note: ' new ',
      tags: ['x', 'x'],
      tier: 'super',
      quota: 3,
    });
    expect(byId.body).toMatchObject({ status: 'success', found: 1 });
    expect(await only()).toMatchObject({
      note: 'new',
      tags: ['x'],
      token_type: 'ssoSuper',
      quota: 3,
    });
    await admin.post('tokens/update', {
      token: 'sso=change-this-token',
      disabled: true,
      quota: -1,
    });
    expect(await only()).toMatchObject({ status: 'disabled', quota: -1, quota_known: false });
    await admin.post('tokens/update', { token: 'change-this-token', disabled: false });
    expect((await admin.post('tokens/clear-cooldown', { ids: [id] })).body.found).toBe(1);
    expect((await only()).status).toBe('active');
    expect(await audited(admin)).toEqual(
      expect.arrayContaining(['tokens.update', 'tokens.clear-cooldown']),
    );
  });

  it('adds and removes tags of many, each keeping its own, and names ids that are gone', async () => {
    await admin.post('tokens', {
      ssoBasic: [{ token: 'tags-of-one', tags: ['a', 'b'] }, { token: 'tags-of-two' }],
    });
    const ids = (await listed()).map(({ id }) => id);
    const { body } = await admin.post('tokens/update', {
      ids: [...ids, 'tok_gone'],
      add_tags: ['c', 'a'],
      remove_tags: ['b'],
    });
    expect(body).toMatchObject({ found: 2, missing: ['tok_gone'] });
    expect((await listed()).map(({ tags }) => tags)).toEqual([
      ['a', 'c'],
      ['c', 'a'],
    ]);
    const many = Array.from({ length: 20 }, (_, index) => `t${index}`);
    await admin.post('tokens/update', { ids, add_tags: many });
    expect((await listed()).map(({ tags }) => tags.length)).toEqual([20, 20]);
  });

  it('writes a figure into the bucket that it is shown of', async () => {
    await admin.post('tokens', {
      ssoBasic: ['noread-figure-of-modes'],
      ssoSuper: ['noread-figure-of-nothing'],
    });
    const id = (await listed('?type=sso'))[0]?.id ?? '';
    const modes = [{ name: 'mode:fast', remaining: 5 }];
    await poolStub(env).updateTokens([{ id }], { buckets: modes });
    expect((await admin.get(`tokens/${id}`)).body.token.quota).toBe(5);
    const ids = (await listed()).map((item) => item.id);
    await admin.post('tokens/update', { ids, quota: 0, note: 'both' });
    const shown = await listed();
    expect(shown.map(({ quota, note, buckets }) => [quota, note, buckets.length])).toEqual([
      [0, 'both', 1],
      [0, 'both', 1],
    ]);
    const { buckets } = (await admin.get(`tokens/${id}`)).body.token;
    expect(buckets).toMatchObject([{ name: 'mode:fast', free: 0 }]);
    await admin.post('tokens/update', { id, quota: -1 });
    expect((await admin.get(`tokens/${id}`)).body.token.quota_known).toBe(false);
  });

  it('refuses masks, empty selections, and answers 404 for what is not there', async () => {
    await admin.post('tokens', { ssoBasic: ['a-rather-long-token-to-mask'] });
    const { token } = await only();
    for (const path of [
      'tokens/update',
      'tokens/delete',
      'tokens/refresh',
      'tokens/test',
      'tokens/clear-cooldown',
    ]) {
      const masked = await admin.post(path, { token, note: 'x' });
      expect([path, masked.status, masked.body.error.code]).toEqual([
        path,
        400,
        'masked_identifier',
      ]);
      const asId = await admin.post(path, { id: token, note: 'x' });
      expect(asId.body.error.code).toBe('masked_identifier');
    }
    expect((await admin.post('tokens/delete', {})).status).toBe(400);
    expect((await admin.post('tokens/update', { id: 'tok_x' })).status).toBe(400);
    expect((await admin.post('tokens/update', { id: 'tok_x', note: 'n' })).status).toBe(404);
    expect((await admin.post('tokens/delete', { tokens: ['not-in-the-pool'] })).status).toBe(404);
  });

  it('D-02: deletes hundreds at once, by id and by text', async () => {
    await importText(admin, names(450).join('\n'));
    const ids = (await listed('?limit=300')).map((item) => item.id);
    expect((await admin.post('tokens/delete', { ids })).body).toMatchObject({ deleted: 300 });
    const rest = await admin.post('tokens/delete', { tokens: names(450) });
    expect(rest.body).toMatchObject({ deleted: 150 });
    expect(await listed()).toHaveLength(0);
  });
});

describe('readings', () => {
  it('D-52: refreshes from upstream, keyed as sent, false for what is not in the pool', async () => {
    await admin.post('tokens', {
      ssoBasic: ['refresh-basic-q8', 'refresh-bad-unauthorized'],
      ssoSuper: ['refresh-super-q5'],
    });
    const { id } = (await listed('?type=ssoSuper'))[0] ?? { id: '' };
    const { body } = await admin.post('tokens/refresh', {
      tokens: ['sso=refresh-basic-q8', 'refresh-bad-unauthorized', 'never-imported-q9'],
      ids: [id, 'tok_00000000000000000000000000'],
    });
    expect(body).toEqual({
      status: 'success',
      results: {
        [id]: true,
        tok_00000000000000000000000000: false,
        'sso=refresh-basic-q8': true,
        'refresh-bad-unauthorized': false,
        'never-imported-q9': false,
      },
    });
    const items = await listed();
    const known = items
      .filter((item) => item.quota_known)
      .map((item) => [item.token_type, item.quota]);
    expect(known).toEqual([
      ['sso', 8],
      ['ssoSuper', 5],
    ]);
    expect(items.find((item) => item.token_type === 'ssoSuper')).toMatchObject({ heavy_quota: 5 });
  });

  it('D-52: a 401 changes the status, and the test says expired', async () => {
    await admin.post('tokens', { ssoBasic: ['status-of-unauthorized'] });
    const test = await admin.post('tokens/test', { token: 'status-of-unauthorized' });
    expect(test.status).toBe(200);
    expect(test.body).toMatchObject({
      success: false,
      data: { valid: false, error_type: 'expired' },
    });
    expect((await only()).status).not.toBe('active');
  });

  it.each([
    ['test-of-banned', 'banned'],
    ['test-of-antibot', 'blocked'],
    ['test-of-challenge', 'blocked'],
    ['test-of-e500', 'unknown'],
    ['test-of-noread', 'unknown'],
  ])('D-52: classifies %s by upstream’s answer as %s', async (token, type) => {
    await admin.post('tokens', { ssoBasic: [token] });
    const { body } = await admin.post('tokens/test', { token });
    expect(body.data).toMatchObject({ valid: false, error_type: type });
    expect(body.data.error_code).toEqual(expect.any(String));
  });

  it('answers the figures of a credential that works, also of one that is disabled', async () => {
    await admin.post('tokens', { ssoSuper: ['test-of-good-q7'] });
    const good = { valid: true, remaining_queries: 7, heavy_remaining_queries: 7 };
    expect((await admin.post('tokens/test', { token: 'test-of-good-q7' })).body.data).toMatchObject(
      good,
    );
    const { id } = await only();
    await admin.post('tokens/update', { id, disabled: true });
    expect((await admin.post('tokens/test', { id })).body.data).toMatchObject(good);
    expect((await only()).status).toBe('disabled');
  });

  it('tests keys of official APIs without figures', async () => {
    await admin.post('tokens', { tokens: ['official-key-good'], provider: 'deepseek' });
    await admin.post('tokens', { tokens: ['official-key-unauthorized'], provider: 'moonshot' });
    const good = await admin.post('tokens/test', { token: 'official-key-good' });
    expect(good.body).toMatchObject({
      success: true,
      data: { valid: true, remaining_queries: null },
    });
    const bad = await admin.post('tokens/test', { token: 'official-key-unauthorized' });
    expect(bad.body.data).toMatchObject({ valid: false, error_type: 'expired' });
  });

  it('D-51: refreshes all, a page at a time', async () => {
    await importText(admin, names(210, 'all-q4').join('\n'));
    const first = await admin.post('tokens/refresh', { all: true });
    expect(Object.values(first.body.results)).toHaveLength(200);
    const second = await admin.post('tokens/refresh', { all: true, after: first.body.next });
    expect(Object.values(second.body.results)).toHaveLength(10);
    expect(Object.values(second.body.results).every(Boolean)).toBe(true);
    expect((await listed()).every((item) => item.quota === 4)).toBe(true);
  });

  it('D-51: refreshes all twice at once, and again: no run leaves a state behind that blocks the next', async () => {
    await admin.post('tokens', { ssoBasic: names(4, 'twice-q3') });
    const refresh = () => admin.post('tokens/refresh', { all: true });
    const runs = [...(await Promise.all([refresh(), refresh()])), await refresh()];
    for (const { status, body } of runs) {
      expect(status).toBe(200);
      expect(Object.values(body.results)).toEqual([true, true, true, true]);
    }
  });

  it('refuses to refresh more than 200 by name at once', async () => {
    expect((await admin.post('tokens/refresh', { tokens: names(201) })).status).toBe(400);
  });
});

describe('a caller without a session', () => {
  it('D-05: gets nothing', async () => {
    for (const path of [
      'tokens',
      'tokens/export',
      'keys',
      'config',
      'calls',
      'verify',
      'stats',
      'audit',
    ]) {
      expect((await call('GET', path)).status).toBe(401);
    }
  });
});
