import { describe, expect, it } from 'vitest';
import { hashPassword, passwordProblem, verifyPassword } from '../../src/auth/passwords';

describe('passwordProblem', () => {
  it.each([
    '',
    'short',
    '123456789',
    'aaaaaaaaaaaa',
    '1234567890',
    'password123',
    'Admin123456',
    'qwerty12345',
    'grok2api-123',
    'administrator',
    'operator99',
  ])('refuses the trivial %j', (password) => {
    expect(passwordProblem(password, 'operator')).toEqual(expect.any(String));
  });

  it.each(['correct horse battery', 'x7!kd92-pq', '密码需要足够长才安全哦'])(
    'takes %j',
    (password) => {
      expect(passwordProblem(password, 'admin')).toBeNull();
    },
  );
});

describe('hashPassword', () => {
  it('D-17: keeps a salted scrypt hash with its parameters, never the password', async () => {
    const [one, two] = await Promise.all([
      hashPassword('correct horse'),
      hashPassword('correct horse'),
    ]);
    expect(one).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(two);
    expect(one).not.toContain('correct');
  });

  it('verifies the right password and no other', async () => {
    const stored = await hashPassword('correct horse');
    expect(await verifyPassword('correct horse', stored)).toBe(true);
    expect(await verifyPassword('correct horsf', stored)).toBe(false);
    expect(await verifyPassword('', stored)).toBe(false);
  });

  it('does the work of a check for a name that does not exist, and says no', async () => {
    expect(await verifyPassword('correct horse', null)).toBe(false);
  });
});
