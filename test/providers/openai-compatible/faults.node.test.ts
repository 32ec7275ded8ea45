import { describe, expect, it } from 'vitest';
import { EgressError } from '../../../src/egress/egress';
import {
  fault,
  faultOfBody,
  faultOfResponse,
  faultOfThrown,
  UNPAID_COOLDOWN_MS,
} from '../../../src/providers/openai-compatible/faults';
import { ProviderError } from '../../../src/providers/provider';

const NOW = Date.UTC(2026, 10, 20);
const never = new AbortController().signal;
const json = (message: string, type = '', code: unknown = null) =>
  JSON.stringify({ error: { message, type, code } });
const PAGE = '<!DOCTYPE html><title>Just a moment...</title>';

interface Row {
  readonly name: string;
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly is: readonly [outcome: string, code: string, retryable: boolean];
  readonly retryAfterMs?: number;
}

const TABLE: readonly Row[] = [
  {
    name: 'a wrong key',
    status: 401,
    body: json('Authentication Fails'),
    is: ['revoked', 'upstream_unauthorized', true],
  },
  { name: 'a 401 without words', status: 401, is: ['revoked', 'upstream_unauthorized', true] },
  {
    name: 'a wrong key in a 400 (xAI)',
    status: 400,
    body: JSON.stringify({
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: xa***yz.',
    }),
    is: ['revoked', 'upstream_unauthorized', true],
  },
  {
    name: 'a deactivated account',
    status: 401,
    body: json('The account has been deactivated.'),
    is: ['banned', 'upstream_unauthorized', true],
  },
  {
    name: 'a locked account (Zai)',
    status: 403,
    body: json('x', '', '1112'),
    is: ['banned', 'upstream_unauthorized', true],
  },
  {
    name: 'a suspended account',
    status: 403,
    body: json('Your account has been suspended'),
    is: ['banned', 'upstream_unauthorized', true],
  },
  {
    name: 'a blocked key (xAI)',
    status: 403,
    body: JSON.stringify({ code: 'x', error: 'API key is currently blocked: xa***' }),
    is: ['banned', 'upstream_unauthorized', true],
  },
  {
    name: 'a right that this account lacks',
    status: 403,
    body: json('No access to the model'),
    is: ['refused', 'upstream_refused', true],
  },
  { name: 'an anti-bot page', status: 403, body: PAGE, is: ['blocked', 'upstream_blocked', true] },
  {
    name: 'an edge limit page',
    status: 429,
    body: PAGE,
    is: ['blocked', 'upstream_blocked', true],
  },
  {
    name: 'a page told by its type alone',
    status: 403,
    body: 'Access denied',
    headers: { 'content-type': 'text/html' },
    is: ['blocked', 'upstream_blocked', true],
  },
  {
    name: 'no money (DeepSeek)',
    status: 402,
    body: json('Insufficient Balance'),
    is: ['limited', 'pool_exhausted', true],
    retryAfterMs: UNPAID_COOLDOWN_MS,
  },
  {
    name: 'no money worded as suspended (Moonshot)',
    status: 429,
    body: json(
      'Your account is suspended, please check your billing',
      'exceeded_current_quota_error',
    ),
    headers: { 'retry-after': '1' },
    is: ['limited', 'pool_exhausted', true],
    retryAfterMs: UNPAID_COOLDOWN_MS,
  },
  {
    name: 'no money (SiliconFlow)',
    status: 403,
    body: JSON.stringify({
      code: 30001,
      message: 'Sorry, your account balance is insufficient',
      data: null,
    }),
    is: ['limited', 'pool_exhausted', true],
    retryAfterMs: UNPAID_COOLDOWN_MS,
  },
  {
    name: 'no money (Zai)',
    status: 429,
    body: json('x', '', '1113'),
    is: ['limited', 'pool_exhausted', true],
    retryAfterMs: UNPAID_COOLDOWN_MS,
  },
  {
    name: 'no money (xAI)',
    status: 403,
    body: JSON.stringify({
      code: 'x',
      error: 'Your team has used all available credits or reached its monthly spending limit.',
    }),
    is: ['limited', 'pool_exhausted', true],
    retryAfterMs: UNPAID_COOLDOWN_MS,
  },
  {
    name: 'a limit without a time',
    status: 429,
    body: json('Rate limit'),
    is: ['limited', 'pool_exhausted', true],
  },
  {
    name: 'a limit in seconds',
    status: 429,
    headers: { 'retry-after': '7' },
    is: ['limited', 'pool_exhausted', true],
    retryAfterMs: 7_000,
  },
  {
    name: 'a limit in ms',
    status: 429,
    headers: { 'retry-after': '7', 'retry-after-ms': '250' },
    is: ['limited', 'pool_exhausted', true],
    retryAfterMs: 250,
  },
  {
    name: 'a limit until a date',
    status: 429,
    headers: { 'retry-after': new Date(NOW + 90_000).toUTCString() },
    is: ['limited', 'pool_exhausted', true],
    retryAfterMs: 90_000,
  },
  {
    name: 'a limit until a date gone by',
    status: 429,
    headers: { 'retry-after': new Date(NOW - 90_000).toUTCString() },
    is: ['limited', 'pool_exhausted', true],
    retryAfterMs: 0,
  },
  {
    name: 'a limit with an unreadable time',
    status: 429,
    headers: { 'retry-after': 'soon' },
    is: ['limited', 'pool_exhausted', true],
  },
  {
    name: 'an engine without room, which is no fault of the key (Moonshot)',
    status: 429,
    body: json('The engine is currently overloaded', 'engine_overloaded_error'),
    is: ['faulty', 'upstream_error', true],
  },
  {
    name: 'a bad request',
    status: 400,
    body: json('bad field'),
    is: ['refused', 'upstream_refused', false],
  },
  {
    name: 'an unknown model',
    status: 404,
    body: json('no such model'),
    is: ['refused', 'upstream_refused', false],
  },
  { name: 'a body too large', status: 413, is: ['refused', 'upstream_refused', false] },
  {
    name: 'an invalid field',
    status: 422,
    body: json('invalid'),
    is: ['refused', 'upstream_refused', false],
  },
  {
    name: 'filtered content (Moonshot)',
    status: 400,
    body: json('x', 'content_filter'),
    is: ['refused', 'content_policy_violation', false],
  },
  {
    name: 'filtered content (DeepSeek)',
    status: 400,
    body: json('Content Exists Risk'),
    is: ['refused', 'content_policy_violation', false],
  },
  {
    name: 'filtered content (Zai)',
    status: 400,
    body: json('x', '', '1301'),
    is: ['refused', 'content_policy_violation', false],
  },
  {
    name: 'filtered content (xAI)',
    status: 403,
    body: JSON.stringify({
      code: 'x',
      error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_X',
    }),
    is: ['refused', 'content_policy_violation', false],
  },
  {
    name: 'a server error',
    status: 500,
    body: json('oops'),
    is: ['faulty', 'upstream_error', true],
  },
  {
    name: 'an error page of the origin',
    status: 502,
    body: PAGE,
    is: ['faulty', 'upstream_error', true],
  },
  { name: 'a service at rest', status: 503, is: ['faulty', 'upstream_error', true] },
  { name: 'a gateway timeout', status: 504, is: ['faulty', 'upstream_timeout', true] },
  { name: 'a timeout after connecting', status: 524, is: ['faulty', 'upstream_timeout', true] },
  { name: 'a request timeout', status: 408, is: ['faulty', 'upstream_timeout', true] },
  {
    name: 'a connection refused at the edge',
    status: 521,
    body: PAGE,
    is: ['unused', 'upstream_error', true],
  },
  {
    name: 'a failed TLS handshake at the edge',
    status: 525,
    is: ['unused', 'upstream_error', true],
  },
  { name: 'a name without an address', status: 530, is: ['unused', 'upstream_error', true] },
  { name: 'an unclear edge failure', status: 520, is: ['faulty', 'upstream_error', true] },
  { name: 'a redirect', status: 302, is: ['faulty', 'upstream_error', true] },
];

describe('fault', () => {
  for (const { name, status, body, headers, is, retryAfterMs } of TABLE) {
    it(`calls ${name} ${is[0]}`, () => {
      const { outcome, code, detail } = fault(status, new Headers(headers), body ?? '', NOW);
      expect([outcome, code, detail.retryable]).toEqual(is);
      expect(detail.retryAfterMs).toBe(retryAfterMs);
    });
  }

  it('does not let a caller close an account by what upstream quotes of the request', () => {
    for (const quoted of [
      'account locked',
      'insufficient balance',
      'user is blocked',
      'rate limit',
    ]) {
      expect(fault(400, new Headers(), json(`Invalid tool name '${quoted}'`), NOW)).toMatchObject({
        outcome: 'refused',
        code: 'upstream_refused',
      });
      expect(faultOfBody({ error: { message: `Cannot answer '${quoted}'` } }).outcome).toBe(
        'faulty',
      );
    }
  });

  it('keeps upstream text and keys out of messages and reasons (D-25)', () => {
    for (const { status, body } of TABLE) {
      const error = fault(status, new Headers(), body ?? json('secret sk-123 words'), NOW);
      expect(`${error.message} ${error.detail.reason}`).not.toMatch(
        /sk-|xa\*|Risk|guidelines|words|oops/,
      );
      expect(error.detail.reason).toMatch(/HTTP \d{3}/);
    }
  });
});

describe('faultOfResponse', () => {
  it('reads no more than 16 KiB of an endless body', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(1_024).fill(32));
        },
      },
      { highWaterMark: 0 },
    );
    expect((await faultOfResponse(new Response(body, { status: 500 }), NOW)).outcome).toBe(
      'faulty',
    );
    expect(pulled).toBeLessThanOrEqual(18);
  });

  it('makes do with the status when the body fails', async () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error('gone')) });
    expect((await faultOfResponse(new Response(body, { status: 401 }), NOW)).outcome).toBe(
      'revoked',
    );
  });
});

describe('faultOfBody', () => {
  const BODIES: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['a limit', { error: { type: 'rate_limit_reached_error', message: '' } }, 'limited'],
    ['a filter', { error: { code: 'content_filter', message: '' } }, 'refused'],
    ['a spent account', { error: { code: '1113', message: '' } }, 'limited'],
    ['anything else', { error: 'boom' }, 'faulty'],
  ];
  for (const [name, body, outcome] of BODIES) {
    it(`calls ${name} inside a 200 ${outcome}`, () =>
      expect(faultOfBody(body).outcome).toBe(outcome));
  }
});

describe('faultOfThrown', () => {
  it('calls a request that never left unused', () => {
    expect(faultOfThrown(new EgressError('x'), never)).toMatchObject({
      outcome: 'unused',
      detail: { retryable: true },
    });
  });

  it('calls a lost connection faulty, because upstream may have counted', () => {
    expect(faultOfThrown(new Error('Network connection lost.'), never)).toMatchObject({
      outcome: 'faulty',
    });
  });

  it('hands back what our own signal threw', () => {
    const reason = new Error('left');
    expect(faultOfThrown(reason, AbortSignal.abort(reason))).toBe(reason);
    expect(
      faultOfThrown(new ProviderError('x', 'faulty', 'upstream_error', { retryable: true }), never),
    ).toBeInstanceOf(ProviderError);
  });
});
