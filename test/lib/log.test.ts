import { describe, expect, it } from 'vitest';
import { line } from '../../src/lib/log';

describe('a log line', () => {
  it('is one line of JSON with its event', () => {
    expect(JSON.parse(line('error', 'x_failed', { requestId: 'r', count: 2 }))).toEqual({
      level: 'error',
      event: 'x_failed',
      requestId: 'r',
      count: 2,
    });
  });

  it('drops secrets at any depth and keeps ids', () => {
    const text = line('error', 'x', {
      authorization: 'Bearer sk-hidden',
      keyId: 'key_1',
      request: { cookie: 'sso=hidden', Authorization: 'hidden', key: 'hidden', path: '/v1' },
      list: [{ clientSecret: 'hidden', password: 'hidden' }],
    });
    expect(text).not.toContain('hidden');
    expect(text).toContain('key_1');
    expect(text).toContain('/v1');
  });

  it('writes an error and its cause as words', () => {
    const error = new Error('outer', { cause: new TypeError('inner') });
    expect(JSON.parse(line('error', 'x', { error })).error).toBe('Error: outer (TypeError: inner)');
  });
});
