import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, type Client, importText, PASSWORD, signIn } from './client';

const SECRETS = ['export-secret-number-one', 'export-secret-number-two'];
let admin: Client;
let ids: string[];

beforeAll(async () => {
  admin = await signIn();
  await importText(admin, SECRETS.join('\n'));
  const { body } = await admin.get('tokens');
  ids = body.ssoBasic.map((item: { id: string }) => item.id);
  await admin.post('tokens/update', { id: ids[1], note: '=1+1, "quoted"', tags: ['kept'] });
});

describe('facts', () => {
  it('come as a table that no spreadsheet runs, of all that match', async () => {
    const { body, headers } = await admin.get('tokens/export?format=csv&tag=kept');
    expect(headers.get('content-disposition')).toBe('attachment; filename="tokens.csv"');
    const [heading, row, ...rest] = String(body).split('\r\n');
    expect(heading).toMatch(/^\uFEFF?id,token,provider,tier,status/);
    expect(row).toContain(`"'=1+1, ""quoted"""`);
    expect(rest).toEqual(['']);
  });

  it('come for chosen tokens, masks only', async () => {
    const { body } = await admin.post('tokens/export', { ids: [ids[0], 'tok_gone'] });
    const lines = String(body).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([ids[0]]);
    for (const secret of SECRETS) expect(body).not.toContain(secret);
  });
});

describe('secrets', () => {
  const take = (client: Client, body: object, ip = '192.0.2.1') =>
    call('POST', 'tokens/export-secrets', { token: client.token, body, ip });

  it('come one a line, as a file that nothing keeps, after the password is shown again', async () => {
    const { status, body, headers } = await take(admin, { password: PASSWORD, ids });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="tokens.txt"');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(String(body).trim().split('\n').toSorted()).toEqual(SECRETS);
  });

  it('come for a filter too', async () => {
    const { body } = await take(admin, { password: PASSWORD, filter: { tag: 'kept' } });
    expect(body).toBe('export-secret-number-two\n');
    expect((await take(admin, { password: PASSWORD, filter: { type: 'moonshot' } })).body).toBe('');
  });

  it('are written down in the audit log, without what was searched for', async () => {
    const filter = { tag: 'kept', search: 'number-two' };
    await take(admin, { password: PASSWORD, filter });
    const { body } = await admin.get('audit');
    expect(body.entries[0]).toMatchObject({
      admin: admin.username,
      action: 'tokens.export-secrets',
      target: 'tag=kept search',
    });
  });

  it('are refused to a wrong password, to a viewer, and to a request that names none', async () => {
    const wrong = await take(admin, { password: 'wrong password', ids });
    expect([wrong.status, wrong.body.error.code]).toEqual([401, 'invalid_credentials']);
    expect(wrong.body.error.param).toBe('password');
    const viewer = await take(await signIn('viewer'), { password: PASSWORD, ids });
    expect([viewer.status, viewer.body.error.code]).toEqual([403, 'forbidden']);
    expect((await take(admin, { password: PASSWORD })).status).toBe(400);
    expect((await take(admin, { password: PASSWORD, ids, filter: {} })).status).toBe(400);
    expect((await take(admin, { password: PASSWORD, filter: { type: 'odd' } })).status).toBe(400);
  });
});

describe('throttle', () => {
  let guesser: Client;
  beforeEach(async () => {
    guesser = await signIn();
  });

  it('D-18: ten wrong passwords close it, for the right one and for the login too', async () => {
    const guess = (password: string, ip: string) =>
      call('POST', 'tokens/export-secrets', {
        token: guesser.token,
        body: { password, ids },
        ip,
      });
    for (let tries = 0; tries < 10; tries++) {
      expect((await guess('wrong password', `198.51.100.${tries}`)).status).toBe(401);
    }
    const { status, body } = await guess(PASSWORD, '198.51.100.99');
    expect([status, body.error.code]).toEqual([429, 'too_many_attempts']);
    const { username } = guesser;
    const login = { body: { username, password: PASSWORD }, ip: '198.51.100.98' };
    expect((await call('POST', 'login', login)).status).toBe(429);
  });
});
