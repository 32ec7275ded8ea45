import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { adminRouter } from '../../../src/routes/admin/routes';
import { call, ORIGIN, PASSWORD } from './client';

const CODE = 'test-setup-code';
const ask = (more: object = {}) => ({ code: CODE, username: 'owner', password: PASSWORD, ...more });

beforeEach(async () => {
  await env.DB.batch([
    env.DB.prepare('DELETE FROM sessions'),
    env.DB.prepare('DELETE FROM admins'),
    env.DB.prepare('DELETE FROM login_attempts'),
  ]);
});

/** Set-up in a Worker that lacks secrets. */
async function without(secrets: Partial<Env>) {
  const body = JSON.stringify(ask());
  const request = new Request(`${ORIGIN}/api/v1/admin/setup`, { method: 'POST', body });
  return adminRouter.fetch(request, { ...env, ...secrets }, createExecutionContext());
}

describe('set-up', () => {
  it('makes the first admin and the first key, once', async () => {
    expect((await call('GET', 'setup')).body).toEqual({ needed: true, missing: [] });
    const made = await call('POST', 'setup', { body: ask() });
    expect(made.status).toBe(200);
    expect(made.body.key.key).toMatch(/^sk-[0-9A-Za-z]{43}$/);
    expect((await call('GET', 'session', { token: made.body.api_key })).body).toEqual({
      username: 'owner',
      role: 'admin',
    });
    expect((await call('GET', 'setup')).body.needed).toBe(false);
    const again = await call('POST', 'setup', { body: ask({ username: 'other' }) });
    expect(again.status).toBe(409);
    expect(again.body.error.code).toBe('already_set_up');
  });

  it('D-06: knows no default password', async () => {
    for (const password of ['admin', 'grok2api', '']) {
      const { status } = await call('POST', 'login', { body: { username: 'admin', password } });
      expect([400, 503]).toContain(status);
    }
    const { body } = await call('POST', 'login', {
      body: { username: 'admin', password: 'admin' },
    });
    expect(body.error.code).toBe('not_set_up');
  });

  it('refuses trivial passwords with the field’s name', async () => {
    const { status, body } = await call('POST', 'setup', { body: ask({ password: 'admin12345' }) });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'invalid_request', param: 'password' });
  });

  it('D-19: refuses wrong codes alike, whatever they share with the right one; after five tries a minute even that', async () => {
    for (const code of ['t', CODE.slice(0, -1), `${CODE} `, CODE.toUpperCase(), 'another']) {
      const { status, body } = await call('POST', 'setup', { body: ask({ code }) });
      expect(status).toBe(401);
      expect(body.error.code).toBe('invalid_setup_code');
    }
    const { status, body, headers } = await call('POST', 'setup', { body: ask() });
    expect(status).toBe(429);
    expect(body.error.code).toBe('too_many_attempts');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('makes one admin when two ask at once', async () => {
    const answers = await Promise.all([
      call('POST', 'setup', { body: ask({ username: 'one' }) }),
      call('POST', 'setup', { body: ask({ username: 'two' }) }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect(await env.DB.prepare('SELECT count(*) AS n FROM admins').first('n')).toBe(1);
  });

  it('stays closed without its secrets and names them', async () => {
    await expect(without({ SETUP_CODE: '' })).rejects.toMatchObject({
      code: 'missing_secret',
      message: expect.stringContaining('SETUP_CODE'),
    });
    await expect(without({ CREDENTIAL_KEY: '', SETUP_CODE: ' ' })).rejects.toMatchObject({
      message: expect.stringContaining('CREDENTIAL_KEY, SETUP_CODE'),
    });
  });

  it('refuses a page of another site', async () => {
    const { status, body } = await call('POST', 'setup', {
      body: ask(),
      headers: { origin: 'https://evil.test' },
    });
    expect(status).toBe(403);
    expect(body.error.code).toBe('origin_not_allowed');
  });
});
