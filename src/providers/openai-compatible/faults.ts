import { EgressError } from '../../egress/egress';
import { isRecord, parseRecord, textOf } from '../../lib/ndjson';
import { readBytes } from '../../lib/read-bytes';
import { ProviderError } from '../provider';
import { retryAfterMs } from './retry-after';

/** Most of an error body that is looked at. */
const MAX_FAULT_BYTES = 16 * 1_024;
/** An account without money stays so until a person pays; it is looked at again after this. */
export const UNPAID_COOLDOWN_MS = 6 * 3_600_000;

/** What upstream's words mean, whatever the status they came with. */
type Meaning = 'content' | 'unpaid' | 'banned' | 'bad-key' | 'limited' | 'overloaded' | null;

/** Codes without words. Zai: https://docs.z.ai/api-reference/api-code; 30001 is SiliconFlow's. */
const CODES: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['1000', 'bad-key'],
  ['1001', 'bad-key'],
  ['1002', 'bad-key'],
  ['1003', 'bad-key'],
  ['1004', 'bad-key'],
  ['1110', 'banned'],
  ['1111', 'banned'],
  ['1112', 'banned'],
  ['1121', 'banned'],
  ['1113', 'unpaid'],
  ['30001', 'unpaid'],
  ['1301', 'content'],
  ['1302', 'limited'],
  ['1303', 'limited'],
  ['1304', 'limited'],
  ['1305', 'overloaded'],
  ['1308', 'limited'],
]);

const ABOUT_CREDENTIAL: ReadonlySet<number> = new Set([401, 402, 403, 429]);

/** The first that matches wins: Moonshot words a lack of money as a suspended account. */
const WORDS: readonly (readonly [RegExp, Meaning])[] = [
  [
    /insufficient[_ ](?:account[_ ])?balance|balance is insufficient|exceeded_current_quota|insufficient_quota|arrears|spending limit|available credits|余额|欠费/,
    'unpaid',
  ],
  [
    /content[_ ](?:filter|policy)|content exists risk|high risk|sensitive content|safety_check|usage guidelines/,
    'content',
  ],
  [
    /account[^.]{0,40}(?:suspended|locked|banned|deactivated|disabled)|user[^.]{0,20}(?:blocked|banned)|api key[^.]{0,30}(?:blocked|disabled)/,
    'banned',
  ],
  [
    /incorrect api key|invalid[_ ]api[_ ]key|invalid_authentication|authentication fails/,
    'bad-key',
  ],
  [/engine_overloaded|overloaded/, 'overloaded'],
  [/rate[_ ]limit|too many requests|resource[_ ]exhausted/, 'limited'],
];

/** Reads a failed answer and says what it means. The body is left behind. */
export async function faultOfResponse(response: Response, nowMs: number): Promise<ProviderError> {
  let text = '';
  try {
    const { bytes } = await readBytes(response.body, MAX_FAULT_BYTES);
    text = new TextDecoder().decode(bytes);
  } catch {
    // The status alone has to do.
  }
  return fault(response.status, response.headers, text, nowMs);
}

/** Says what an error object means that came in a 200, whole or between frames. */
export function faultOfBody(body: Readonly<Record<string, unknown>>): ProviderError {
  return fault(200, null, JSON.stringify(body).slice(0, MAX_FAULT_BYTES), 0);
}

/** Says what a thrown `fetch` means. @returns what was thrown when it was our own signal. */
export function faultOfThrown(thrown: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || thrown instanceof ProviderError) return thrown;
  if (thrown instanceof EgressError) return unreachable('connect failed', thrown);
  return faulty(
    'The provider closed the connection before it answered.',
    'connection lost',
    thrown,
  );
}

/** Upstream stopped before its answer was whole. */
export function cut(reason: string, cause?: unknown): ProviderError {
  return new ProviderError('The provider ended its answer early.', 'faulty', 'upstream_cut', {
    retryable: true,
    reason,
    cause,
  });
}

/** Upstream said something that is no answer. */
export function faulty(message: string, reason: string, cause?: unknown): ProviderError {
  return new ProviderError(message, 'faulty', 'upstream_error', { retryable: true, reason, cause });
}

/** A page for people where data was asked for: the way out is suspected, not the credential. */
export function blocked(reason: string): ProviderError {
  return new ProviderError('The provider blocked this gateway.', 'blocked', 'upstream_blocked', {
    retryable: true,
    reason,
  });
}

/** The pure rule. `headers` is null for errors inside a 200. */
export function fault(
  status: number,
  headers: Headers | null,
  text: string,
  nowMs: number,
): ProviderError {
  const reason = status === 200 ? 'error in a 200' : `HTTP ${status}`;
  const isPage = headers?.get('content-type')?.includes('text/html') === true || /^\s*</.test(text);
  if (isPage && (status === 403 || status === 429)) return blocked(`${reason} with a page`);
  const waitMs = headers === null ? undefined : retryAfterMs(headers, nowMs);
  const known = byMeaning(isPage ? null : meaningOf(status, text), reason, waitMs);
  return known ?? byStatus(status, reason, waitMs);
}

function byMeaning(
  meaning: Meaning,
  reason: string,
  waitMs: number | undefined,
): ProviderError | null {
  switch (meaning) {
    case 'content':
      return new ProviderError(
        'The provider refused the content of the request.',
        'refused',
        'content_policy_violation',
        { retryable: false, reason },
      );
    case 'unpaid':
      return limited(`insufficient balance (${reason})`, UNPAID_COOLDOWN_MS);
    case 'banned':
      return new ProviderError(
        'The provider closed the account that served this request.',
        'banned',
        'upstream_unauthorized',
        { retryable: true, reason: `account closed (${reason})` },
      );
    case 'bad-key':
      return revoked(reason);
    case 'overloaded':
      return faulty('The provider is overloaded.', `overloaded (${reason})`);
    case 'limited':
      return limited(reason, waitMs);
    case null:
      return null;
  }
}

function byStatus(status: number, reason: string, waitMs: number | undefined): ProviderError {
  if (status === 401) return revoked(reason);
  if (status === 402) return limited(`insufficient balance (${reason})`, UNPAID_COOLDOWN_MS);
  if (status === 429) return limited(reason, waitMs);
  if (status === 408 || status === 504 || status === 524) {
    return new ProviderError('The provider took too long.', 'faulty', 'upstream_timeout', {
      retryable: true,
      reason,
    });
  }
  // Said by the edge when it could not connect, not resolve, or not agree on TLS: no work was done.
  if (status === 521 || status === 523 || status === 525 || status === 526 || status === 530) {
    return unreachable(reason);
  }
  if (status >= 400 && status < 500) {
    // A right that one account lacks, another may have.
    return new ProviderError('The provider refused the request.', 'refused', 'upstream_refused', {
      retryable: status === 403,
      reason,
    });
  }
  return faulty('The provider failed to answer.', reason);
}

function unreachable(reason: string, cause?: unknown): ProviderError {
  return new ProviderError('The provider could not be reached.', 'unused', 'upstream_error', {
    retryable: true,
    reason,
    cause,
  });
}

function revoked(reason: string): ProviderError {
  return new ProviderError(
    'The provider did not accept a credential of this gateway; its operator has to renew it.',
    'revoked',
    'upstream_unauthorized',
    { retryable: true, reason },
  );
}

function limited(reason: string, waitMs: number | undefined): ProviderError {
  return new ProviderError(
    'The provider limits the credentials of this gateway for now.',
    'limited',
    'pool_exhausted',
    {
      retryable: true,
      reason,
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    },
  );
}

/**
 * Finds the code and the words of an error in the shapes seen: `{error: {code, type, message}}`,
 * `{code, error: "…"}` (xAI) and `{code, message}` (SiliconFlow).
 *
 * A message about the request may quote it, so a caller could write `account locked` into one: what
 * it says of the credential counts only where the status is about the credential.
 */
function meaningOf(status: number, text: string): Meaning {
  const body = parseRecord(text);
  if (body === null) return null;
  const inner = isRecord(body['error']) ? body['error'] : body;
  const given = inner['code'];
  const code = typeof given === 'number' ? String(given) : (textOf(given)?.toLowerCase() ?? '');
  const byCode = CODES.get(code);
  if (byCode !== undefined) return byCode;
  const label = `${code} ${textOf(inner['type'])?.toLowerCase() ?? ''}`;
  const message = (textOf(inner['message']) ?? textOf(body['error']) ?? '').toLowerCase();
  // xAI answers a wrong key with 400.
  if (message.startsWith('incorrect api key')) return 'bad-key';
  const isAboutCredential = ABOUT_CREDENTIAL.has(status);
  const found = WORDS.find(([pattern, meaning]) =>
    pattern.test(isAboutCredential || meaning === 'content' ? `${label} ${message}` : label),
  );
  return found?.[1] ?? null;
}
