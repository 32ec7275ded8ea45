import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/errors';
import { JsonReply } from '../../src/http/reply';
import { serve } from '../../src/http/serve';
import { MissingSecretError } from '../../src/lib/missing-secret';

const failing =
  (thrown: unknown): (() => Promise<Response>) =>
  () =>
    Promise.reject(thrown);

describe('serve', () => {
  it('gives every answer its request id and, on the public API, CORS', async () => {
    const response = await serve('req1', () => Promise.resolve(new Response('x')), true);
    expect(response.headers.get('x-request-id')).toBe('req1');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toContain('retry-after');
  });

  it('makes the response of a reply with all of its headers', async () => {
    const reply = new JsonReply({ ok: true }, { 'x-ratelimit-limit-requests': '7' });
    const response = await serve('req1', () => Promise.resolve(reply), true);
    expect(await response.json()).toEqual({ ok: true });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('7');
    expect(response.headers.get('x-request-id')).toBe('req1');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toContain('retry-after');
    const closed = await serve('req2', () => Promise.resolve(reply));
    expect(closed.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('keeps what an answer exposes by itself', async () => {
    const headers = { 'access-control-expose-headers': 'content-range, etag' };
    const answer = new Response('x', { headers });
    const response = await serve('req1', () => Promise.resolve(answer), true);
    const exposed = response.headers.get('access-control-expose-headers');
    for (const name of ['content-range', 'etag', 'retry-after']) expect(exposed).toContain(name);
  });

  it('turns an AppError into the envelope, with Retry-After and the hint against retries (D-65)', async () => {
    const error = new AppError('daily_quota_exceeded', 'No more.', { retryAfterS: 61 });
    const response = await serve('req1', failing(error));
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('61');
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await response.json()).toEqual({
      error: {
        message: 'No more.',
        type: 'rate_limit_error',
        code: 'daily_quota_exceeded',
        param: null,
        status: 429,
      },
    });
  });

  it('lets short waits be retried by the client', async () => {
    const response = await serve(
      'r',
      failing(new AppError('rpm_exceeded', 'Wait.', { retryAfterS: 60 })),
    );
    expect(response.headers.has('x-should-retry')).toBe(false);
  });

  it('tells nothing of an unforeseen failure but logs it (D-24, D-25)', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const response = await serve('req1', failing(new Error('the inner text')));
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'internal', type: 'server_error' } });
    expect(text).not.toContain('inner');
    expect(log.mock.calls[0]?.[0]).toContain('the inner text');
    log.mockRestore();
  });

  it('answers an unmigrated database with the command that helps', async () => {
    const response = await serve(
      'r',
      failing(new Error('D1_ERROR: no such table: api_keys: SQLITE_ERROR')),
    );
    expect(response.status).toBe(503);
    const body = await response.json<{ error: { code: string; message: string } }>();
    expect(body.error.code).toBe('not_migrated');
    expect(body.error.message).toContain('npx wrangler d1 migrations apply DB --remote');
  });

  it('names a missing secret', async () => {
    const response = await serve('r', failing(new MissingSecretError('The secret X is not set.')));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'missing_secret' } });
  });

  it('can still add headers to a response that came from elsewhere', async () => {
    const foreign = new Response('x', { headers: { a: 'b' } });
    Object.defineProperty(foreign.headers, 'set', {
      value: () => {
        throw new TypeError('immutable');
      },
    });
    const response = await serve('req1', () => Promise.resolve(foreign));
    expect(response.headers.get('x-request-id')).toBe('req1');
    expect(response.headers.get('a')).toBe('b');
  });
});
