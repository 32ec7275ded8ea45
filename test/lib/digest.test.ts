import { describe, expect, it } from 'vitest';
import {
  fromBase64Url,
  isSameSecret,
  randomToken,
  sha256Hex,
  toBase64Url,
} from '../../src/lib/digest';

describe('digest', () => {
  it('is SHA-256 in hex', async () => {
    expect(await sha256Hex('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('compares secrets of any length', async () => {
    expect(await isSameSecret('a', 'a')).toBe(true);
    expect(await isSameSecret('a', 'ab')).toBe(false);
    expect(await isSameSecret('', '')).toBe(true);
  });

  it('writes base64url without padding and reads it back', () => {
    const bytes = new Uint8Array([251, 255, 191, 0]);
    expect(toBase64Url(bytes)).toBe('-_-_AA');
    expect(fromBase64Url('-_-_AA')).toEqual(bytes);
    expect(randomToken()).toMatch(/^[\w-]{43}$/);
  });
});
