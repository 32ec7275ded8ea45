import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startSession } from '../../../src/auth/admin';
import { sha256Hex } from '../../../src/lib/digest';
import { audited, call, ORIGIN, PASSWORD, signIn } from './client';

afterEach(() => {
  vi.useRealTimers();
});

const HOUR_MS = 3_600_000;

function cookieOf(headers: Headers): string {
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('login', () => {
  it('answers the session token as api_key, when it ends, and a cookie that scripts cannot read (D-16)', async () => {
    const { username } = await signIn();
    const { status, body, headers } = await call('POST', 'login', {
      body: { username: ` ${username} `, password: PASSWORD },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'success', username, role: 'admin' });
    expect(body.api_key).toMatch(/^[\w-]{43}$/);
    expect(body.expires_at).toBeGreaterThan(Date.now() + 7 * HOUR_MS);
    expect(headers.get('set-cookie')).toBe(
      `__Host-session=${body.api_key}; Path=/; Secure; HttpOnly; SameSite=Strict`,
    );
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('D-17: stores sessions as SHA-256, never the token', async () => {
    const { token } = await signIn();
    const rows = await env.DB.prepare('SELECT hash FROM sessions').all<{ hash: string }>();
    expect(rows.results.map((row) => row.hash)).toContain(await sha256Hex(token));
    expect(JSON.stringify(rows.results)).not.toContain(token);
  });

  it('says the same of an unknown name and of a wrong password', async () => {
    const { username } = await signIn();
    const wrong = await call('POST', 'login', { body: { username, password: 'not this one' } });
    const unknown = await call('POST', 'login', {
      body: { username: 'nobody', password: PASSWORD },
    });
    expect(wrong.status).toBe(401);
    expect(wrong.body.error.code).toBe('invalid_credentials');
    expect(unknown.body).toEqual(wrong.body);
  });

  it('answers 400 with the field when one is missing, and to malformed JSON', async () => {
    const missing = await call('POST', 'login', { body: { username: 'x' } });
    expect(missing.status).toBe(400);
    expect(missing.body.error.param).toBe('password');
  });

  it('refuses a page of another site', async () => {
    const { username } = await signIn();
    const { status } = await call('POST', 'login', {
      body: { username, password: PASSWORD },
      headers: { origin: 'https://evil.test' },
    });
    expect(status).toBe(403);
  });
});

describe('throttle', () => {
  const guess = (username: string, ip: string, password = 'wrong password') =>
    call('POST', 'login', { body: { username, password }, ip });

  it('D-18: closes an account after ten failures from anywhere, for the right password too', async () => {
    const { username } = await signIn();
    for (let tries = 0; tries < 10; tries++) {
      expect((await guess(username, `198.51.100.${tries}`)).status).toBe(401);
    }
    const { status, body, headers } = await guess(username, '198.51.100.99', PASSWORD);
    expect(status).toBe(429);
    expect(body.error.code).toBe('too_many_attempts');
    const retryAfter = Number(headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(900);
    vi.useFakeTimers({ now: Date.now() + retryAfter * 1_000, toFake: ['Date'] });
    expect((await guess(username, '198.51.100.99', PASSWORD)).status).toBe(200);
  });

  it('D-18: closes an address after ten failures at any names', async () => {
    for (let tries = 0; tries < 10; tries++) await guess(`name-${tries}`, '203.0.113.7');
    expect((await guess('name-x', '203.0.113.7')).status).toBe(429);
    expect((await guess('name-x', '203.0.113.8')).status).toBe(401);
  });

  it('counts tries made at once: no more than ten passwords are looked at', async () => {
    const { username } = await signIn();
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, index) => guess(username, `192.0.2.${index}`)),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
  });

  it('forgets an account’s failures once it signs in', async () => {
    const { username } = await signIn();
    for (let tries = 0; tries < 9; tries++) await guess(username, `192.0.2.${100 + tries}`);
    expect((await guess(username, '192.0.2.200', PASSWORD)).status).toBe(200);
    expect((await guess(username, '192.0.2.201')).status).toBe(401);
  });

  it('does not let a valid account wipe an address’s failures', async () => {
    const { username } = await signIn();
    for (let tries = 0; tries < 9; tries++) await guess(`victim-${tries}`, '203.0.113.50');
    expect((await guess(username, '203.0.113.50', PASSWORD)).status).toBe(200);
    expect((await guess('victim', '203.0.113.50')).status).toBe(401);
    expect((await guess('victim', '203.0.113.50')).status).toBe(429);
  });
});

describe('the guard', () => {
  it('asks for a session, in the single envelope', async () => {
    const { status, body } = await call('GET', 'session');
    expect(status).toBe(401);
    expect(body.error).toMatchObject({ code: 'missing_session', type: 'authentication_error' });
  });

  it('calls an unknown token session_expired', async () => {
    const { status, body } = await call('GET', 'session', { token: 'x'.repeat(43) });
    expect(status).toBe(401);
    expect(body.error.code).toBe('session_expired');
  });

  it('ends a session after eight hours without use, and slides one that is used', async () => {
    const used = await signIn();
    const left = await signIn();
    const start = Date.now();
    vi.useFakeTimers({ now: start + 6 * HOUR_MS, toFake: ['Date'] });
    expect((await used.get('session')).status).toBe(200);
    vi.setSystemTime(start + 9 * HOUR_MS);
    expect((await used.get('session')).status).toBe(200);
    expect((await left.get('session')).body.error.code).toBe('session_expired');
  });

  it('D-50: writes nothing for looking around within five minutes', async () => {
    const { get, token } = await signIn();
    const hash = await sha256Hex(token);
    const ends = () =>
      env.DB.prepare('SELECT expires_at AS n FROM sessions WHERE hash = ?').bind(hash).first('n');
    const before = await ends();
    const start = Date.now();
    vi.useFakeTimers({ now: start + 4 * 60_000, toFake: ['Date'] });
    await get('session');
    expect(await ends()).toBe(before);
    vi.setSystemTime(start + 6 * 60_000);
    await get('session');
    expect(await ends()).toBe(start + 6 * 60_000 + 8 * HOUR_MS);
  });

  it('takes the cookie for reading, and for changes only from our own pages', async () => {
    const { username } = await signIn();
    const { headers } = await call('POST', 'login', { body: { username, password: PASSWORD } });
    const cookie = cookieOf(headers);
    const post = (more: Record<string, string>) =>
      call('POST', 'sessions/revoke-others', { headers: { cookie, ...more } });
    expect((await call('GET', 'session', { headers: { cookie } })).status).toBe(200);
    for (const more of [
      {},
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const { status, body } = await post(more as Record<string, string>);
      expect(status).toBe(403);
      expect(body.error.code).toBe('origin_not_allowed');
    }
    expect((await post({ origin: ORIGIN })).status).toBe(200);
    expect((await post({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it('lets viewers look but change nothing beyond their own affairs', async () => {
    const viewer = await signIn('viewer');
    expect((await viewer.get('config')).status).toBe(200);
    for (const path of ['config', 'tokens', 'keys', 'calls/clear', 'admins', 'tokens/test']) {
      const { status, body } = await viewer.post(path);
      expect([path, status, body.error.code]).toEqual([path, 403, 'forbidden']);
    }
    expect((await viewer.post('sessions/revoke-others')).status).toBe(200);
    expect((await viewer.post('logout')).status).toBe(200);
  });

  it('D-05: takes no caller’s API key for a session', async () => {
    const admin = await signIn();
    const { body } = await admin.post('keys', { name: 'k' });
    expect((await call('GET', 'tokens', { token: body.data.key })).body.error.code).toBe(
      'session_expired',
    );
  });

  it('knows no other routes', async () => {
    const { get } = await signIn();
    expect((await get('constructor')).body.error.code).toBe('not_found');
  });
});

describe('sessions', () => {
  it('D-20: ends other sessions when the password changes, and keeps this one', async () => {
    const admin = await signIn();
    const other = await call('POST', 'login', {
      body: { username: admin.username, password: PASSWORD },
    });
    const wrong = await admin.post('password', {
      current_password: 'no',
      new_password: 'another good one',
    });
    expect(wrong.body.error).toMatchObject({
      code: 'invalid_credentials',
      param: 'current_password',
    });
    const trivial = await admin.post('password', {
      current_password: PASSWORD,
      new_password: 'password12',
    });
    expect(trivial.body.error.param).toBe('new_password');
    const changed = await admin.post('password', {
      current_password: PASSWORD,
      new_password: 'another good one',
    });
    expect(changed.body).toEqual({ status: 'success', revoked: 1 });
    expect((await admin.get('session')).status).toBe(200);
    expect((await call('GET', 'session', { token: other.body.api_key })).status).toBe(401);
    const login = (password: string) =>
      call('POST', 'login', { body: { username: admin.username, password } });
    expect((await login(PASSWORD)).status).toBe(401);
    expect((await login('another good one')).status).toBe(200);
    expect(await audited(admin)).toContain('password.change');
  });

  it('D-20: ends the session at logout, on the server', async () => {
    const { token, post, get } = await signIn();
    const { headers } = await post('logout');
    expect(headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await get('session')).body.error.code).toBe('session_expired');
    expect(
      await env.DB.prepare('SELECT 1 AS n FROM sessions WHERE hash = ?')
        .bind(await sha256Hex(token))
        .first(),
    ).toBeNull();
  });

  it('lists one’s own sessions without anything that opens them, and revokes one', async () => {
    const admin = await signIn();
    const other = await call('POST', 'login', {
      body: { username: admin.username, password: PASSWORD },
      headers: { 'user-agent': 'phone' },
      ip: '192.0.2.77',
    });
    const { body } = await admin.get('sessions');
    expect(body.sessions).toHaveLength(2);
    expect(body.sessions.filter((session: { current: boolean }) => session.current)).toHaveLength(
      1,
    );
    const phone = body.sessions.find(
      (session: { user_agent: string }) => session.user_agent === 'phone',
    );
    expect(phone).toMatchObject({ ip: '192.0.2.77', current: false });
    expect(JSON.stringify(body)).not.toContain(other.body.api_key);
    expect((await call('GET', 'session', { token: phone.id })).status).toBe(401);
    expect((await admin.post('sessions/revoke', { id: phone.id })).status).toBe(200);
    expect((await call('GET', 'session', { token: other.body.api_key })).status).toBe(401);
    expect((await admin.post('sessions/revoke', { id: phone.id })).body.error.code).toBe(
      'not_found',
    );
  });

  it('D-20: keeps at most twenty sessions of an admin, the newest', async () => {
    const admin = await signIn();
    const row = env.DB.prepare('SELECT id FROM admins WHERE username = ?').bind(admin.username);
    const id = (await row.first<string>('id')) ?? '';
    const request = new Request(ORIGIN);
    const tokens: string[] = [];
    for (let count = 1; count <= 21; count++) {
      tokens.push((await startSession(env.DB, id, request, Date.now() + count)).token);
    }
    const rows = env.DB.prepare('SELECT count(*) AS n FROM sessions WHERE admin_id = ?').bind(id);
    expect(await rows.first('n')).toBe(20);
    expect((await admin.get('session')).status).toBe(401);
    expect((await call('GET', 'session', { token: tokens.at(-1) ?? '' })).status).toBe(200);
  });
});

describe('admins', () => {
  it('adds viewers and admins, each name once whatever its case', async () => {
    const admin = await signIn();
    const body = { username: 'Watcher', password: PASSWORD, role: 'viewer' };
    expect((await admin.post('admins', body)).status).toBe(200);
    const again = await admin.post('admins', { ...body, username: 'watcher' });
    expect(again.status).toBe(400);
    expect(again.body.error.param).toBe('username');
    const { body: listed } = await admin.get('admins');
    expect(listed.admins).toContainEqual(
      expect.objectContaining({ username: 'Watcher', role: 'viewer' }),
    );
    expect(JSON.stringify(listed)).not.toContain('scrypt');
    expect(await audited(admin)).toContain('admins.create');
  });

  it("changes another account's role and forgotten password, at once and on the record", async () => {
    const admin = await signIn();
    const viewer = await signIn('viewer');
    const { body } = await admin.get('admins');
    const idOf = (name: string) =>
      body.admins.find((row: { username: string }) => row.username === name).id;
    const id = idOf(viewer.username);
    expect((await viewer.post('admins/update', { id, role: 'admin' })).status).toBe(403);
    expect((await admin.post('admins/update', { id, role: 'admin' })).status).toBe(200);
    expect((await viewer.get('session')).body.role).toBe('admin');

    const weak = await admin.post('admins/update', { id, password: 'short' });
    expect([weak.status, weak.body.error.param]).toEqual([400, 'password']);
    const password = 'a new one for the forgetful 7';
    expect((await admin.post('admins/update', { id, password })).status).toBe(200);
    expect((await viewer.get('session')).status).toBe(401);
    const { username } = viewer;
    expect((await admin.post('login', { username, password })).status).toBe(200);

    const own = await admin.post('admins/update', { id: idOf(admin.username), role: 'viewer' });
    expect([own.status, own.body.error.param]).toEqual([400, 'id']);
    expect((await admin.post('admins/update', { id: 'nobody', role: 'admin' })).status).toBe(404);
    expect(await audited(admin)).toEqual(
      expect.arrayContaining(['admins.role', 'admins.password']),
    );
    await admin.post('admins/delete', { id });
  });

  it('deletes an admin with all sessions, but never the last', async () => {
    const admin = await signIn();
    const viewer = await signIn('viewer');
    const { body } = await admin.get('admins');
    const idOf = (name: string) =>
      body.admins.find((row: { username: string }) => row.username === name).id;
    expect((await admin.post('admins/delete', { id: idOf(viewer.username) })).status).toBe(200);
    expect((await viewer.get('session')).status).toBe(401);
    const others = body.admins.filter(
      (row: { role: string; username: string }) =>
        row.role === 'admin' && row.username !== admin.username,
    );
    for (const { id } of others) await admin.post('admins/delete', { id });
    const last = await admin.post('admins/delete', { id: idOf(admin.username) });
    expect(last.status).toBe(400);
    expect((await admin.get('session')).status).toBe(200);
  });
});

describe('errors', () => {
  it('D-25: tells nothing of exceptions and SQL', async () => {
    const { get, post } = await signIn();
    const answers = await Promise.all([
      get("calls?text='%22;--"),
      get('keys?search=%27)%20OR%201=1--'),
      post('keys/update', { id: "x' OR '1'='1" }),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBeLessThan(500);
      expect(JSON.stringify(body)).not.toMatch(/SQLITE|D1_ERROR|stack|at .*\.ts/);
    }
  });
});
