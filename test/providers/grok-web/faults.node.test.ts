import { describe, expect, it } from 'vitest';
import { EgressError } from '../../../src/egress/egress';
import {
  egressFault,
  httpFault,
  inBandFault,
  retryAfter,
} from '../../../src/providers/grok-web/faults';
import type { ProviderError } from '../../../src/providers/provider';
import { bodyOf } from './fakes';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const HTML = { 'content-type': 'text/html; charset=UTF-8' };
const JSON_TYPE = { 'content-type': 'application/json' };
const CHALLENGE = '<!DOCTYPE html><title>Just a moment...</title>';

type Case = readonly [status: number, body: string, headers: Record<string, string>, kind: string];
const HTTP: Readonly<Record<string, Case>> = {
  '401 of any body': [401, '', {}, 'revoked upstream_unauthorized'],
  '401 of a session that is gone': [
    401,
    '{"code":16,"message":"Session not found"}',
    JSON_TYPE,
    'revoked upstream_unauthorized',
  ],
  '401 of a bad credential': [
    401,
    '{"code":16,"message":"x [WKE=unauthenticated:bad-credentials]"}',
    JSON_TYPE,
    'banned upstream_unauthorized',
  ],
  '400 of a session that is gone': [
    400,
    '{"code":3,"message":"Failed to look up session ID"}',
    JSON_TYPE,
    'revoked upstream_unauthorized',
  ],
  '400 of a suspended account': [
    400,
    '{"code":3,"message":"Account suspended"}',
    JSON_TYPE,
    'banned upstream_unauthorized',
  ],
  '400 of a bad field': [
    400,
    '{"code":3,"message":"Unknown model","details":[]}',
    JSON_TYPE,
    'refused upstream_refused',
  ],
  '404': [404, '', {}, 'refused upstream_refused'],
  '413': [413, 'too large', {}, 'refused upstream_refused'],
  '403 of a blocked user': [
    403,
    '{"code":7,"message":"User is blocked [WKE=unauthorized:blocked-user]","details":[]}',
    JSON_TYPE,
    'banned upstream_unauthorized',
  ],
  '403 of a blocked user, by its code': [
    403,
    '{"code":"unauthorized:blocked-user","error":"User is blocked"}',
    JSON_TYPE,
    'banned upstream_unauthorized',
  ],
  '403 of moderation': [
    403,
    '{"error":{"code":"content-moderated","message":"No."}}',
    JSON_TYPE,
    'refused content_policy_violation',
  ],
  '403 of moderation, in plain text': [
    403,
    'No. [WKE=grok:content-moderated]',
    {},
    'refused content_policy_violation',
  ],
  '403 of anti-bot rules': [
    403,
    '{"error":{"message":"Request rejected by anti-bot rules.","code":7,"details":[]}}',
    JSON_TYPE,
    'blocked upstream_blocked',
  ],
  '403 of a challenge': [403, CHALLENGE, HTML, 'blocked upstream_blocked'],
  '403 of a page that says blocked': [
    403,
    '<html>You, user is blocked</html>',
    HTML,
    'blocked upstream_blocked',
  ],
  '403 without a body': [403, '', {}, 'blocked upstream_blocked'],
  '403 of no known kind': [403, '{"message":"?"}', JSON_TYPE, 'blocked upstream_blocked'],
  '429 in JSON': [
    429,
    '{"code":8,"message":"Too many requests","details":[]}',
    JSON_TYPE,
    'limited pool_exhausted',
  ],
  '429 in plain JSON': [429, '{"error":"rate limited"}', JSON_TYPE, 'limited pool_exhausted'],
  '429 without a body': [429, '', {}, 'limited pool_exhausted'],
  '429 of the edge': [
    429,
    '<html>You are being rate limited.</html>',
    HTML,
    'blocked upstream_blocked',
  ],
  '403 of a usage limit': [
    403,
    '{"error":{"message":"You reached your usage limit","code":8}}',
    JSON_TYPE,
    'limited pool_exhausted',
  ],
  '500': [500, '{"code":13,"message":"Internal error"}', JSON_TYPE, 'faulty upstream_error'],
  '502 in HTML': [502, '<html>Bad gateway</html>', HTML, 'faulty upstream_error'],
  '521, where the edge could not connect': [521, '', {}, 'unused upstream_error'],
  '522, where the request may have arrived': [522, '', {}, 'faulty upstream_error'],
  '503 of a challenge': [503, CHALLENGE, HTML, 'blocked upstream_blocked'],
  '408': [408, '', {}, 'faulty upstream_error'],
  '302 to a sign-in page': [
    302,
    '',
    { location: 'https://example.test/sign-in' },
    'blocked upstream_blocked',
  ],
  '200 of a page': [200, '<html>hello</html>', HTML, 'blocked upstream_blocked'],
};

const IN_BAND: readonly (readonly [error: unknown, kind: string])[] = [
  [
    { message: 'Request rejected by anti-bot rules.', code: 7, details: [] },
    'blocked upstream_blocked',
  ],
  [{ message: 'The anti-bot rules say no' }, 'blocked upstream_blocked'],
  [{ message: 'Too many requests', code: 8 }, 'limited pool_exhausted'],
  [{ message: "You've reached your usage limit for now." }, 'limited pool_exhausted'],
  [{ error: { message: 'Usage quota exceeded', code: 13 } }, 'limited pool_exhausted'],
  ['Rate limit exceeded', 'limited pool_exhausted'],
  [
    { message: 'User is blocked [WKE=unauthorized:blocked-user]', code: 7 },
    'banned upstream_unauthorized',
  ],
  [{ message: 'x', code: 16 }, 'revoked upstream_unauthorized'],
  [{ message: 'x [WKE=grok:content-moderated]', code: 7 }, 'refused content_policy_violation'],
  [{ message: 'Bad field', code: 3 }, 'refused upstream_refused'],
  [{ message: 'Upstream failure', code: 13 }, 'faulty upstream_error'],
  ['something else', 'faulty upstream_error'],
  [{}, 'faulty upstream_error'],
];

const kindOf = (fault: ProviderError) => `${fault.outcome} ${fault.code}`;

describe('httpFault', () => {
  it.each(Object.entries(HTTP))('classifies %s', async (_name, [status, body, headers, kind]) => {
    const response = new Response(body === '' ? null : body, { status, headers });
    const fault = await httpFault(response, NOW);
    expect(kindOf(fault)).toBe(kind);
    expect(fault.detail.retryable).toBe(fault.outcome !== 'refused');
    expect(fault.detail.reason).toMatch(new RegExp(`^HTTP ${status}\\b`));
  });

  it('never repeats upstream words (D-25)', async () => {
    const words = 'SECRET-WORDS of the prompt';
    for (const status of [400, 401, 403, 429, 500]) {
      const fault = await httpFault(Response.json({ code: 3, message: words }, { status }), NOW);
      expect(`${fault.message} ${JSON.stringify(fault.detail)}`).not.toContain('SECRET');
    }
  });

  it('does not look for marks deep in a message, where the prompt may be quoted', async () => {
    const message = `Bad field: ${'x'.repeat(300)} account suspended`;
    expect(kindOf(await httpFault(Response.json({ message }, { status: 400 }), NOW))).toBe(
      'refused upstream_refused',
    );
  });

  it('reads at most 16 KiB of the body and closes it', async () => {
    const { body, state } = bodyOf(['x'.repeat(16 * 1024), '"code":8'], 'open');
    expect(kindOf(await httpFault(new Response(body, { status: 403 }), NOW))).toBe(
      'blocked upstream_blocked',
    );
    expect(state.isCancelled).toBe(true);
  });

  it('judges a body that breaks off by what had come', async () => {
    const { body } = bodyOf(['{"code":8,'], 'error');
    expect(kindOf(await httpFault(new Response(body, { status: 429 }), NOW))).toBe(
      'limited pool_exhausted',
    );
  });

  it('passes Retry-After on', async () => {
    const response = new Response('{"code":8}', { status: 429, headers: { 'retry-after': '90' } });
    expect((await httpFault(response, NOW)).detail.retryAfterMs).toBe(90_000);
  });
});

describe('inBandFault', () => {
  it.each(IN_BAND)('classifies %j', (error, kind) => {
    expect(kindOf(inBandFault(error))).toBe(kind);
  });
});

describe('egressFault', () => {
  const { signal } = new AbortController();

  it('calls a connection that was never made unused, and a lost one faulty', () => {
    expect(egressFault(new EgressError('connect'), signal)).toMatchObject({
      outcome: 'unused',
      detail: { retryable: true },
    });
    expect(egressFault(new Error('Network connection lost.'), signal)).toMatchObject({
      outcome: 'faulty',
    });
    expect(egressFault(new TypeError('?'), signal)).toMatchObject({ outcome: 'faulty' });
  });

  it('hands an abort back as it is', () => {
    const reason = new Error('left');
    expect(egressFault(reason, AbortSignal.abort(reason))).toBe(reason);
  });
});

describe('retryAfter', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Fri, 20 Nov 2026 10:01:30 GMT', 90_000],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('reads %j', (header, ms) => {
    expect(retryAfter(header, NOW)).toBe(ms);
  });
});
