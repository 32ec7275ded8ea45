import { describe, expect, it } from 'vitest';
import { rateHeaders } from '../../src/http/ratelimit';

describe('x-ratelimit headers', () => {
  const rpm = { limit: 60, remaining: 59, resetMs: 61_000 };
  const day = { limit: 1_000, remaining: 3, resetMs: 3_725_000 };

  it('are absent for a key without limits', () => {
    expect(rateHeaders(null)).toEqual({});
    expect(rateHeaders({ rpm: null, day: null })).toEqual({});
  });

  it('speak of the limit that binds first', () => {
    expect(rateHeaders({ rpm, day: null })).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1m1s',
    });
    expect(rateHeaders({ rpm, day })).toMatchObject({
      'x-ratelimit-limit-requests': '1000',
      'x-ratelimit-reset-requests': '1h2m5s',
    });
  });

  it('write short times in ms', () => {
    expect(rateHeaders({ rpm: { ...rpm, resetMs: 20 }, day: null })).toMatchObject({
      'x-ratelimit-reset-requests': '20ms',
    });
  });
});
