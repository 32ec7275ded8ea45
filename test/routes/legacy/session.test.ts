import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { ORIGIN, PASSWORD } from '../admin/client';
import { callLegacy, type LegacyClient, signInLegacy } from './client';

let client: LegacyClient;
beforeAll(async () => {
  client = await signInLegacy();
});

const login = (username: string, password: string, ip = '203.0.113.1') =>
  callLegacy('POST', 'login', {
    body: { username, password },
    headers: { 'cf-connecting-ip': ip },
  });

describe('sessions of the older paths', () => {
  it('signs in: 200 with a token and the cookie', async () => {
    const { status, body, headers } = await login(client.username, PASSWORD);
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      token: expect.stringMatching(/^[\w-]{43}$/),
      message: expect.any(String),
    });
    expect(headers.get('set-cookie')).toContain('__Host-session=');
    expect((await callLegacy('GET', 'stats', { token: body.token })).status).toBe(200);
  });

  it('answers a wrong password with 200 and success: false', async () => {
    const { status, body } = await login(client.username, 'wrong', '203.0.113.2');
    expect(status).toBe(200);
    expect(body).toEqual({ success: false, message: expect.any(String) });
  });

  it('D-18: throttles as the admin API does', async () => {
    const { username } = await signInLegacy();
    for (let tries = 0; tries < 10; tries++) await login(username, 'wrong', '203.0.113.3');
    const { status, body, headers } = await login(username, PASSWORD, '203.0.113.3');
    expect(status).toBe(429);
    expect(body.error.code).toBe('too_many_attempts');
    expect(headers.has('retry-after')).toBe(true);
  }, 30_000);

  it('takes the password of no foreign page', async () => {
    const { status, body } = await callLegacy('POST', 'login', {
      body: { username: client.username, password: PASSWORD },
      headers: { origin: 'https://elsewhere.test' },
    });
    expect([status, body.error.code]).toEqual([403, 'origin_not_allowed']);
  });

  it('signs out: the session is gone', async () => {
    const { token } = await signInLegacy();
    const { body } = await callLegacy('POST', 'logout', { token });
    expect(body).toEqual({ success: true, message: expect.any(String) });
    const after = await callLegacy('GET', 'stats', { token });
    expect([after.status, after.body.error.code]).toEqual([401, 'session_expired']);
  });

  it('asks for a session, and with a cookie for this origin', async () => {
    const none = await callLegacy('GET', 'tokens');
    expect([none.status, none.body.error.code]).toEqual([401, 'missing_session']);
    const cookie = `__Host-session=${client.token}`;
    expect((await callLegacy('GET', 'stats', { headers: { cookie } })).status).toBe(200);
    const foreign = await callLegacy('POST', 'logs/clear', { headers: { cookie } });
    expect(foreign.body.error.code).toBe('origin_not_allowed');
    const own = await callLegacy('POST', 'logs/clear', { headers: { cookie, origin: ORIGIN } });
    expect(own.body.success).toBe(true);
  });

  it('lets a viewer look but not change anything', async () => {
    const viewer = await signInLegacy('viewer');
    expect((await viewer.get('keys')).status).toBe(200);
    for (const path of ['keys/add', 'tokens/refresh-all', 'logs/add', 'cache/clear', 'settings']) {
      expect((await viewer.post(path)).body.error.code).toBe('forbidden');
    }
    expect((await viewer.remove('logs')).body.error.code).toBe('forbidden');
  });
});

describe('addresses', () => {
  it('are not open to other pages, while the public API under /api/v1 stays so', async () => {
    const headers = { origin: 'https://elsewhere.test', authorization: `Bearer ${client.token}` };
    const legacy = await exports.default.fetch(`${ORIGIN}/api/stats`, { headers });
    expect(legacy.headers.has('access-control-allow-origin')).toBe(false);
    const preflight = await exports.default.fetch(`${ORIGIN}/api/stats`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(405);
    expect(preflight.headers.has('access-control-allow-origin')).toBe(false);
    const models = await exports.default.fetch(`${ORIGIN}/api/v1/models`);
    expect(models.status).toBe(401);
    expect(models.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('that are unknown are not found, and a wrong method says which are right', async () => {
    expect((await client.get('nothing')).body.error.code).toBe('not_found');
    expect((await callLegacy('GET', 'proxies')).body.error.code).toBe('not_found');
    const wrong = await client.get('login');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('/manage leads to the page of the tokens', async () => {
    const response = await exports.default.fetch(`${ORIGIN}/manage`, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`${ORIGIN}/admin/token`);
  });
});

describe('pages of earlier panels', () => {
  it.each(
    ['/login', '/chat', '/admin/token', '/admin/keys', '/admin/cache', '/admin/config'].concat([
      '/admin/datacenter',
      '/admin/chat',
    ]),
  )('%s is the panel', async (path) => {
    const headers = { accept: 'text/html' };
    const response = await exports.default.fetch(ORIGIN + path, { headers });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<gateway-app>');
  });
});
