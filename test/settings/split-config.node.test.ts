import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../src/contract/settings';
import { mask } from '../../src/lib/seal';
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
    const text = { x_statsig_id: mask('statsig-of-the-operator'), cf_clearance: mask('short') };
    expect(splitConfig({ grok: text }).patch).toEqual({});
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

  it('puts every setting where it belongs', () => {
    const numbers = {
      max_in_flight: 1,
      unknown_in_flight: 2,
      limited_s: 3,
      max_retry_after_s: 4,
      revoked_s: 5,
      fail_threshold: 6,
      faulty_strikes: 7,
      faulty_s: 8,
      breaker_credentials: 9,
      breaker_window_s: 10,
      breaker_trial_s: 11,
      stale_s: 12,
      probe_concurrency: 13,
    };
    const settings: Settings = {
      ...DEFAULT_SETTINGS,
      app: { ...DEFAULT_SETTINGS.app, time_zone: 'Europe/Zurich' },
      media: { ...DEFAULT_SETTINGS.media, reads_per_token: 14 },
      token: numbers,
    };
    expect(poolSettingsOf(settings, { CACHE_RESET_TZ_OFFSET_MINUTES: '15' }, 16)).toEqual({
      version: 16,
      timeZone: 'Europe/Zurich',
      dayOffsetMinutes: 15,
      maxInFlight: 1,
      unknownInFlight: 2,
      limitedMs: 3_000,
      maxRetryAfterMs: 4_000,
      revokedMs: 5_000,
      revokedStrikes: 6,
      faultyStrikes: 7,
      faultyMs: 8_000,
      breakerCredentials: 9,
      breakerWindowMs: 10_000,
      breakerTrialMs: 11_000,
      staleMs: 12_000,
      probeConcurrency: 13,
      mediaInFlight: 14,
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
