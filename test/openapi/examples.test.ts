import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../scripts/openapi/document';
import { ORIGIN, signIn } from '../routes/admin/client';
import { signInLegacy } from '../routes/legacy/client';

let key: string;
beforeAll(async () => {
  const admin = await signIn();
  key = (await admin.post('keys', { name: 'reader of the document' })).body.data.key;
  await admin.post('tokens', {
    ssoSuper: ['document-example-good-one', 'document-example-good-two'],
  });
});

const asked = OPERATIONS.filter(({ by, body }) => by === 'key' && body?.json !== undefined).flatMap(
  ({ path, body, replies }) =>
    Object.entries(body?.examples ?? {}).map(([name, example]) => ({
      path,
      name,
      example,
      replies,
    })),
);

/** The public examples as a reader would send them, against the simulated upstream. */
describe('examples of the document', () => {
  it.each(asked)('work: $path $name', async ({ path, example, replies }) => {
    const response = await exports.default.fetch(ORIGIN + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(example),
    });
    const text = await response.text();
    expect([response.status, text.slice(0, 300)]).toEqual([200, expect.any(String)]);
    const type = response.headers.get('content-type')?.split(';')[0];
    const reply = replies.find((one) => (one.type ?? 'application/json') === type);
    expect(reply).toBeDefined();
    const isWhole = type === 'application/json';
    const answer: unknown = isWhole ? JSON.parse(text) : null;
    expect(isWhole ? reply?.schema?.safeParse(answer).error : undefined).toBeUndefined();
    expect(isWhole || text.includes('data: ')).toBe(true);
  });

  it.each(['/v1/models', '/v1/key', '/v1/images/method', '/v1/videos', '/v1/files', '/health'])(
    'and answers are as described: %s',
    async (path) => {
      const headers = { authorization: `Bearer ${key}` };
      const response = await exports.default.fetch(ORIGIN + path, { headers });
      const operation = OPERATIONS.find((one) => one.path === path && one.method === 'get');
      const [reply] = operation?.replies ?? [];
      expect(reply?.schema?.safeParse(await response.json()).error).toBeUndefined();
    },
  );
});

describe('answers of the admin API', () => {
  it('are as described, wherever a look needs nothing to name', async () => {
    const admin = await signIn();
    const looks = OPERATIONS.filter(
      ({ by, method, path, pathParams, replies }) =>
        by === 'session' &&
        method === 'get' &&
        path.startsWith('/api/v1/admin/') &&
        pathParams === undefined &&
        replies.every(({ type }) => type === undefined) &&
        !path.endsWith('/tokens/assets'),
    );
    const wrong: unknown[] = [];
    for (const { path, replies } of looks) {
      const { status, body } = await admin.get(path.replace('/api/v1/admin/', ''));
      const error = replies[0]?.schema?.safeParse(body).error;
      if (status !== 200 || error !== undefined) wrong.push({ path, status, error: error?.issues });
    }
    expect(looks.length).toBeGreaterThan(15);
    expect(wrong).toEqual([]);
  });

  it('are as described where they change something, by the examples of the document', async () => {
    const admin = await signIn();
    await admin.post('tokens', { ssoBasic: ['document-changed-q9-good'] });
    const id: string = (await admin.get('tokens?search=docume&type=sso')).body.ssoBasic[0].id;
    const keyId: string = (await admin.post('keys', { name: 'to be edited' })).body.data.id;
    const wrong: unknown[] = [];
    let compared = 0;
    for (const { path, example, schema } of changes('/api/v1/admin/')) {
      const { status, body } = await admin.post(
        path.replace('/api/v1/admin/', ''),
        JSON.parse(named(example, id, keyId)),
      );
      const error = schema?.safeParse(body).error;
      if (status === 404 && NOTHING_THERE.includes(path)) continue;
      if (status !== 200 || error !== undefined) {
        wrong.push({ path, status, body, error: error?.issues });
      } else compared++;
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(15);
  });
});

describe('answers of the older paths', () => {
  it('are as described', async () => {
    const older = await signInLegacy();
    await older.post('tokens/add', { tokens: ['document-older-q9-good'] });
    const id: string = (await older.get('tokens')).body.data[0].id;
    const keyId: string = (await older.post('keys/add', { name: 'older' })).body.data.id;
    const looks = OPERATIONS.filter(
      ({ path, method }) =>
        path.startsWith('/api/') && !path.startsWith('/api/v1/') && method === 'get',
    ).map(({ path, replies }) => ({ path, schema: replies[0]?.schema, example: undefined }));
    const wrong: unknown[] = [];
    for (const { path, example, schema } of [...looks, ...changes('/api/')]) {
      const name = path.replace('/api/', '');
      const { status, body } =
        example === undefined
          ? await older.get(name)
          : await older.post(name, JSON.parse(named(example, id, keyId)));
      const error = schema?.safeParse(body).error;
      if (status !== 200 || error !== undefined) {
        wrong.push({ path, status, body, error: error?.issues });
      }
    }
    expect(wrong).toEqual([]);
    expect(looks.length).toBeGreaterThan(12);
  });
});

/** What examples name that is not there. */
const NOTHING_THERE = [
  '/api/v1/admin/sessions/revoke',
  '/api/v1/admin/admins/update',
  '/api/v1/admin/admins/delete',
  '/api/v1/admin/cache/item/delete',
];
/** What would end the session that asks, or answers no JSON. */
const LEFT_OUT = /\/(setup|login|logout|password|export|export-secrets)$/;

/** Every example of a POST below a path, those that delete at the end. */
function changes(base: string) {
  const isOlder = base === '/api/';
  return OPERATIONS.filter(
    ({ path, method, body }) =>
      method === 'post' &&
      body?.json !== undefined &&
      path.startsWith(base) &&
      !(isOlder && path.startsWith('/api/v1/')) &&
      !LEFT_OUT.test(path),
  )
    .flatMap(({ path, body, replies }) =>
      Object.values(body?.examples ?? {}).map((example) => ({
        path,
        example,
        schema: replies.find(({ type }) => type === undefined)?.schema,
      })),
    )
    .toSorted((a, b) => rank(a.path) - rank(b.path));
}

/** What deletes comes at the end, and the token itself after what it has. */
const rank = (path: string): number =>
  path.endsWith('/tokens/delete') ? 2 : Number(path.endsWith('delete'));

/** An example with ids that are there. */
const named = (example: unknown, tokenId: string, keyId: string): string =>
  JSON.stringify(example)
    .replaceAll(/tok_01K0+/g, tokenId)
    .replaceAll(/key_01K0+/g, keyId);
