import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../scripts/openapi/document';
import { ORIGIN, signIn } from '../routes/admin/client';

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
});
