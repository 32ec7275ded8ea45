import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/contract/settings';
import { dayOffsetMinutes, poolSettingsOf } from '../../src/settings/pool-settings';
import { splitConfig } from '../../src/settings/split-config';

describe('splitConfig', () => {
  it('sorts settings from what older contracts had', () => {
    const split = splitConfig({
      grok: { temporary: true, dynamic_statsig: false, timeout: 120 },
      cache: { keep_base64_cache: true },
      version: 3,
    });
    expect(split).toEqual({
      patch: { grok: { temporary: true }, stream: { total_s: 120 } },
      ignored: { grok: { dynamic_statsig: false }, cache: { keep_base64_cache: true } },
      version: 3,
    });
  });

  it('leaves a masked secret that is posted back unchanged', () => {
    const split = splitConfig({
      grok: { x_statsig_id: { set: true, mask: 'abc****' }, cf_clearance: '' },
    });
    expect(split.patch).toEqual({ grok: { cf_clearance: '' } });
  });

  it('D-06: a blank password or user name sets nothing; a password is not a setting', () => {
    const split = splitConfig({ app: { app_key: '', admin_username: '', api_key: '' } });
    expect(split.patch).toEqual({});
    expect(split.ignored).toEqual({ app: { admin_username: '' } });
    expect(() => splitConfig({ app: { app_key: 'new password' } })).toThrow(
      expect.objectContaining({ code: 'invalid_request', detail: { param: 'app.app_key' } }),
    );
  });

  it.each([
    ['a key that nobody knows', { grok: { thinkng: true } }, 'grok.thinkng'],
    ['a group that nobody knows', { groks: {} }, 'groks'],
    ['names of the object prototype', { grok: { constructor: 1 } }, 'grok.constructor'],
    ['a group that is no object', { grok: 'x' }, 'grok'],
    [
      'an ignored value that is deep',
      { cache: { keep_base64_cache: { a: 1 } } },
      'cache.keep_base64_cache',
    ],
    ['an ignored value that is long', { app: { log_level: 'x'.repeat(3_000) } }, 'app.log_level'],
  ])('refuses %s with its path', (_, body, param) => {
    expect(() => splitConfig(body)).toThrow(expect.objectContaining({ detail: { param } }));
  });

  it('keeps no credentials of ignored proxy addresses', () => {
    const { ignored } = splitConfig({
      grok: {
        base_proxy_url: 'http://user:pw@proxy.example:8080',
        proxy_urls: ['socks5://a:b@h:1'],
      },
    });
    expect(ignored).toEqual({
      grok: { base_proxy_url: 'http://proxy.example:8080', proxy_urls: ['socks5://h:1'] },
    });
  });
});

describe('poolSettingsOf', () => {
  it('converts to the pool’s units', () => {
    const pool = poolSettingsOf(DEFAULT_SETTINGS, { CACHE_RESET_TZ_OFFSET_MINUTES: '480' }, 7);
    expect(pool).toMatchObject({
      version: 7,
      timeZone: null,
      dayOffsetMinutes: 480,
      limitedMs: 3_600_000,
      revokedStrikes: 5,
      staleMs: 1_800_000,
    });
  });

  it.each([
    ['480', 480],
    ['-720', -720],
    ['9999', 840],
    ['', 0],
    ['Asia/Shanghai', 0],
  ])('reads the day offset %j as %i minutes', (text, minutes) => {
    expect(dayOffsetMinutes({ CACHE_RESET_TZ_OFFSET_MINUTES: text })).toBe(minutes);
  });
});
