import { describe, expect, it } from 'vitest';
import { callIdTime, isWellFormedApiKey, newApiKey, newCallId, newId } from '../../src/lib/ids';

describe('call ids', () => {
  it('are 26 characters of Crockford base32 and never repeat', () => {
    const ids = Array.from({ length: 1_000 }, () => newCallId());
    for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('of a thousand calls in the same millisecond are distinct (D-01)', () => {
    const ids = Array.from({ length: 1_000 }, () => newCallId(1_795_000_000_000));
    expect(new Set(ids).size).toBe(1_000);
  });

  it('sort by time and tell it', () => {
    const at = 1_795_000_000_000;
    const ids = [at + 5, at, at + 1_000].map((time) => newCallId(time));
    expect(ids.toSorted().map(callIdTime)).toEqual([at, at + 5, at + 1_000]);
  });

  it('carry a prefix where people see them', () => {
    expect(newId('key')).toMatch(/^key_[0-9A-Z]{26}$/);
  });
});

describe('API keys', () => {
  it('are well formed as they are made, and different', () => {
    const keys = Array.from({ length: 200 }, () => newApiKey());
    for (const key of keys) expect(isWellFormedApiKey(key)).toBe(true);
    expect(keys[0]).toMatch(/^sk-[0-9A-Za-z]{43}$/);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('do not survive a changed, missing or added character', () => {
    const key = newApiKey();
    for (let i = 3; i < key.length; i++) {
      const other = key[i] === 'a' ? 'b' : 'a';
      expect(isWellFormedApiKey(key.slice(0, i) + other + key.slice(i + 1))).toBe(false);
    }
    for (const wrong of [key.slice(0, -1), `${key}a`, key.replace('sk-', 'pk-'), '', 'sk-']) {
      expect(isWellFormedApiKey(wrong)).toBe(false);
    }
  });
});
