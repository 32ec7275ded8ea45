import { describe, expect, it } from 'vitest';
import { MissingSecretError } from '../../src/lib/missing-secret';
import { fingerprint, isMask, mask, open, seal } from '../../src/lib/seal';

const keyOf = (byte: number): string => new Uint8Array(32).fill(byte).toBase64();
const env = { CREDENTIAL_KEY: keyOf(1) };
const SECRET = 'sso-eyJhbGciOi.secret.value';

/** The same envelope as text nobody has opened, so that the cache knows nothing of it. */
async function fresh(sealEnv: { CREDENTIAL_KEY: string }, id: string): Promise<string> {
  return seal(sealEnv, id, SECRET);
}

describe('seal and open', () => {
  it('give the secret back to the row it was sealed for', async () => {
    const sealed = await fresh(env, 'tok_1');
    expect(sealed).toMatch(/^v1\.[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(sealed).not.toContain(SECRET);
    expect(await open(env, 'tok_1', sealed)).toBe(SECRET);
  });

  it('seal the same secret differently each time', async () => {
    expect(await fresh(env, 'tok_1')).not.toBe(await fresh(env, 'tok_1'));
  });

  it('do not open an envelope that was moved to another row, remembered or not', async () => {
    const sealed = await fresh(env, 'tok_1');
    await expect(Promise.resolve(open(env, 'tok_2', sealed))).rejects.toThrow();
    await open(env, 'tok_1', sealed);
    await expect(Promise.resolve(open(env, 'tok_2', sealed))).rejects.toThrow();
  });

  it('do not open a changed envelope', async () => {
    const sealed = await fresh(env, 'tok_1');
    const last = sealed.at(-2) === 'A' ? 'B' : 'A';
    await expect(
      Promise.resolve(open(env, 'tok_1', sealed.slice(0, -2) + last + sealed.slice(-1))),
    ).rejects.toThrow();
    await expect(Promise.resolve(open(env, 'tok_1', 'plain text'))).rejects.toThrow();
  });

  it('open what an older key sealed while it is still listed', async () => {
    const old = await fresh({ CREDENTIAL_KEY: keyOf(2) }, 'tok_1');
    expect(await open({ CREDENTIAL_KEY: `${keyOf(3)},${keyOf(2)}` }, 'tok_1', old)).toBe(SECRET);
    const other = await fresh({ CREDENTIAL_KEY: keyOf(4) }, 'tok_1');
    await expect(Promise.resolve(open(env, 'tok_1', other))).rejects.toBeInstanceOf(
      MissingSecretError,
    );
  });

  it('name the secret that is missing or unusable', async () => {
    await expect(seal({}, 'tok_1', SECRET)).rejects.toThrow('CREDENTIAL_KEY is not set');
    await expect(seal({ CREDENTIAL_KEY: 'c2hvcnQ=' }, 'tok_1', SECRET)).rejects.toThrow('32 bytes');
    await expect(fingerprint({}, SECRET)).rejects.toBeInstanceOf(MissingSecretError);
  });
});

describe('fingerprint', () => {
  it('is the same for the same secret and says nothing without the key', async () => {
    expect(await fingerprint(env, SECRET)).toBe(await fingerprint(env, SECRET));
    expect(await fingerprint(env, SECRET)).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprint(env, SECRET)).not.toBe(
      await fingerprint({ CREDENTIAL_KEY: keyOf(9) }, SECRET),
    );
  });
});

describe('mask', () => {
  it('shows less of shorter secrets', () => {
    expect(mask('abcdefghijklmnopqrstuvwxyz')).toBe('abcdef****wxyz');
    expect(mask('abcdefghijkl')).toBe('abc****kl');
    expect(mask('abcdefgh')).toBe('****');
    expect(mask('a')).toBe('****');
  });

  it('is told from a secret', () => {
    expect(isMask(mask(SECRET))).toBe(true);
    expect(isMask(SECRET)).toBe(false);
  });
});
