import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepSecrets } from '../../scripts/start/dev-vars.mjs';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-vars-'));
  file = join(folder, '.dev.vars');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the secrets of a local start', () => {
  it('are random, readable by their owner only, and the same the next time', () => {
    const { secrets, previousPassword } = keepSecrets(file, {});
    expect(Buffer.from(secrets.CREDENTIAL_KEY, 'base64')).toHaveLength(32);
    expect(new Set(Object.values(secrets)).size).toBe(4);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(previousPassword).toBeUndefined();
    expect(keepSecrets(file, {}).secrets).toEqual(secrets);
  });

  it('come from the environment when it gives them, and stay', () => {
    keepSecrets(file, { INTERNAL_SECRET: 'given once' });
    expect(keepSecrets(file, {}).secrets.INTERNAL_SECRET).toBe('given once');
  });

  it('name the password until now when another one is given', () => {
    const before = keepSecrets(file, {}).secrets.ADMIN_PASSWORD;
    const { secrets, previousPassword } = keepSecrets(file, { ADMIN_PASSWORD: 'a new one' });
    expect([secrets.ADMIN_PASSWORD, previousPassword]).toEqual(['a new one', before]);
  });

  it.each(["it's", 'say "so"', 'a#b', ' led by a space', '$HOME', 'back`tick'])(
    'keep %s as it is',
    (password) => {
      keepSecrets(file, { ADMIN_PASSWORD: password });
      expect(keepSecrets(file, {}).secrets.ADMIN_PASSWORD).toBe(password);
    },
  );

  it('refuse what the file cannot hold, and write nothing', () => {
    const { secrets } = keepSecrets(file, {});
    expect(() => keepSecrets(file, { ADMIN_PASSWORD: 'two\nlines' })).toThrow('cannot be stored');
    expect(readFileSync(file, 'utf8')).toContain(secrets.ADMIN_PASSWORD);
  });
});
