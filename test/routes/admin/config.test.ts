import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { poolStub } from '../../../src/pool/stub';
import { readSettings } from '../../../src/store/settings-read';
import { audited, type Client, signIn } from './client';

let admin: Client;
beforeAll(async () => {
  admin = await signIn();
});

const config = async () => (await admin.get('config')).body;

describe('config', () => {
  it('shows every setting with its default before anything is saved', async () => {
    const body = await config();
    expect(body).toMatchObject({
      version: 0,
      token: { fail_threshold: 5 },
      stream: { head_ms: 1_500 },
      ignored: {},
    });
    expect(body.grok.x_statsig_id).toEqual({ set: false, mask: '' });
  });

  it('saves part of it, keeps the rest, and tells the pool', async () => {
    const { body } = await admin.post('config', {
      token: { fail_threshold: 9 },
      grok: { thinking: false },
    });
    expect(body).toMatchObject({ status: 'success', version: 1 });
    expect(await config()).toMatchObject({
      version: 1,
      token: { fail_threshold: 9, faulty_strikes: 3 },
      grok: { thinking: false, temporary: false },
    });
    expect((await poolStub(env).stats()).settingsVersion).toBe(1);
    expect(await audited(admin)).toContain('config.update');
  });

  it('D-17: shows secrets as masks; a mask posted back changes nothing; "" clears', async () => {
    const secret = 'opaque-statsig-value-0123456789';
    await admin.post('config', {
      grok: { x_statsig_id: secret, cf_clearance: 'cf_clearance=abcdefghijklmnopqrstuv' },
    });
    const shown = await config();
    expect(shown.grok.x_statsig_id).toEqual({ set: true, mask: 'opaque****6789' });
    expect(JSON.stringify([shown, (await admin.get('audit')).body])).not.toContain(secret);
    expect((await admin.post('config', shown)).status).toBe(200);
    const { settings } = await readSettings(env.DB);
    expect(settings.grok).toMatchObject({
      x_statsig_id: secret,
      cf_clearance: 'abcdefghijklmnopqrstuv',
    });
    await admin.post('config', { grok: { x_statsig_id: '' } });
    expect((await config()).grok.x_statsig_id).toEqual({ set: false, mask: '' });
  });

  it.each([
    ['a number as text', { token: { fail_threshold: '9' } }, 'token.fail_threshold'],
    ['a text as boolean', { grok: { temporary: 'true' } }, 'grok.temporary'],
    ['markup as address', { app: { app_url: '"><script>' } }, 'app.app_url'],
    ['a number out of range', { retry: { max_attempts: 99 } }, 'retry.max_attempts'],
    ['a zone that does not exist', { app: { time_zone: 'Mars/Base' } }, 'app.time_zone'],
    ['a numeric password', { app: { app_key: 12345 } }, 'app.app_key'],
    ['a name that does not exist', { token: { nope: 1 } }, 'token.nope'],
  ])('D-22: refuses %s with its path and saves nothing', async (_, body, param) => {
    const before = await config();
    const answer = await admin.post('config', { grok: { temporary: true }, ...body });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 'invalid_request', param });
    expect(await config()).toEqual(before);
  });

  it('D-06: a blank password changes no account and sets no default', async () => {
    const before = await env.DB.prepare('SELECT * FROM admins ORDER BY id').all();
    expect((await admin.post('config', { app: { app_key: '', admin_username: '' } })).status).toBe(
      200,
    );
    expect((await env.DB.prepare('SELECT * FROM admins ORDER BY id').all()).results).toEqual(
      before.results,
    );
  });

  it('D-54: keeps what older contracts had, and has no effect here, under ignored', async () => {
    await admin.post('config', {
      cache: { keep_base64_cache: true, limit_mb: 512 },
      token: { auto_refresh: false },
    });
    await admin.post('config', { grok: { dynamic_statsig: false } });
    const saved = await config();
    expect(saved.ignored).toMatchObject({
      cache: { keep_base64_cache: true },
      grok: { dynamic_statsig: false },
      token: { auto_refresh: false },
    });
    expect(saved).toMatchObject({ cache: { limit_mb: 512 } });
  });

  it('D-49: keeps both of two edits made at once', async () => {
    const edits = [
      { stream: { idle_s: 61 } },
      { stream: { total_s: 62 } },
      { token: { faulty_s: 63 } },
      { retry: { max_attempts: 4 } },
    ];
    const answers = await Promise.all(edits.map((edit) => admin.post('config', edit)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const saved = await config();
    expect(saved).toMatchObject({
      stream: { idle_s: 61, total_s: 62 },
      token: { faulty_s: 63 },
      retry: { max_attempts: 4 },
    });
    expect((await poolStub(env).stats()).settingsVersion).toBe(saved.version);
  });

  it('D-49: refuses an edit of a version that is no longer there', async () => {
    const { version } = await config();
    expect((await admin.post('config', { version, stream: { idle_s: 70 } })).status).toBe(200);
    const { status, body } = await admin.post('config', { version, stream: { idle_s: 71 } });
    expect(status).toBe(409);
    expect(body.error.code).toBe('stale_version');
    expect((await config()).stream.idle_s).toBe(70);
  });
});
