import { EgressError } from '../../egress/egress';
import { ProviderError, type ProviderErrorCode, type ProviderOutcome } from '../provider';
import { readText } from './body';
import { firstText, number, parseRecord, record, text } from './narrow';

/** How much of an error body is read; what decides stands at its beginning. */
const MAX_ERROR_BYTES = 16 * 1024;
/** How much of upstream's own words is searched: a long message quotes the prompt. */
const MAX_SAYING_CHARS = 300;

/**
 * Cloudflare's own statuses for an origin that it could not connect to. Not 520, 522 and 524: there
 * the request may have arrived. https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
 */
const UNREACHED: ReadonlySet<number> = new Set([521, 523, 525, 526, 530]);
/** Marks of Cloudflare's challenge page. */
const CHALLENGE = /just a moment|challenge-platform|__cf_chl|cf-chl-/i;
/** Marks that end an account. */
const BANNED =
  /blocked-user|user is blocked|account suspended|token revoked|invalid-credentials|bad-credentials|email-domain-rejected/;
/** Marks that end a session, which the account may survive. */
const SESSION_ENDED = /failed to look up session id|session not found|token expired/;
const MODERATED = /content-moderated/;
const LIMITED = /too many requests|rate limit|usage limit|usage quota/;
const ANTI_BOT = /anti-bot/;

/** gRPC-like numbers in upstream's `code`. */
const CODES = { invalid: '3', notFound: '5', denied: '7', exhausted: '8', unauthenticated: '16' };

/** What upstream said about a failure, in lower case. */
interface Saying {
  readonly code: string;
  readonly words: string;
}

/** Classifies an answer that is no stream. Reads and closes its body. `now` is Unix ms. */
export async function httpFault(response: Response, now: number): Promise<ProviderError> {
  const { status } = response;
  const retryAfterMs = retryAfter(response.headers.get('retry-after'), now);
  const body = (await readText(response.body, MAX_ERROR_BYTES)).trim();
  const isHtml =
    body.startsWith('<') || (response.headers.get('content-type') ?? '').includes('text/html');
  const reason = `HTTP ${status}`;

  if (CHALLENGE.test(body) && (isHtml || status === 403)) {
    return fault('blocked', `${reason} challenge`);
  }
  if (UNREACHED.has(status)) return fault('unused', reason);
  if (status >= 500 || status === 408 || status === 425) {
    return fault('faulty', reason, retryAfterMs);
  }
  // A page stands for the site's edge, not for the account; so does a redirect or a page with 200.
  if (status < 400) return fault('blocked', `${reason} instead of a stream`);
  if (status === 401) return accountFault(sayingOf(body), reason) ?? fault('revoked', reason);
  if (isHtml && (status === 403 || status === 429)) return fault('blocked', `${reason} page`);
  if (status === 429) return fault('limited', reason, retryAfterMs);
  if (status === 403 && body === '') return fault('blocked', `${reason} empty`);

  const said = saidFault(isHtml ? SILENCE : sayingOf(body), reason, retryAfterMs);
  return said ?? fault(status === 403 ? 'blocked' : 'refused', reason);
}

/** Classifies an error that came inside a 200 stream: text, `{message, code}` or `{error: …}`. */
export function inBandFault(error: unknown): ProviderError {
  const saying = sayingIn(error);
  const reason = /^\d{1,3}$/.test(saying.code) ? `in-band code ${saying.code}` : 'in-band error';
  return saidFault(saying, reason) ?? fault('faulty', reason);
}

/** Classifies what `Egress.fetch` threw. An abort is the caller's own and is handed back as it is. */
export function egressFault(thrown: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || thrown instanceof ProviderError) return thrown;
  return thrown instanceof EgressError
    ? fault('unused', 'connection failed', undefined, thrown)
    : fault('faulty', 'connection lost', undefined, thrown);
}

/** The answer ended before it was whole. */
export function cutFault(reason: string, cause?: unknown): ProviderError {
  return new ProviderError('The upstream answer ended too early.', 'faulty', 'upstream_cut', {
    retryable: true,
    reason,
    cause,
  });
}

/** Upstream drew pictures and withheld them all; it counts such a call. */
export function moderatedFault(): ProviderError {
  return fault('moderated', 'pictures withheld', undefined, undefined, true);
}

/** No picture could be drawn, and moderation is not why. */
export function pictureFault(kind: 'limited' | 'faulty'): ProviderError {
  return fault(kind, 'picture not drawn');
}

/** An answer that this adapter cannot read. */
export function unreadableFault(reason: string): ProviderError {
  return fault('faulty', reason);
}

/** The same failure, said of a call that was never made because a step ahead of it failed: nothing was counted. */
export function asUnused(failure: ProviderError, step = 'upload'): ProviderError {
  return fault('unused', `${step} ${failure.detail.reason ?? 'failed'}`, undefined, failure);
}

/** What the account itself says of its state, whatever the HTTP status. */
export function accountStateFault(state: 'unauthenticated' | 'blocked'): ProviderError {
  return fault(state === 'blocked' ? 'banned' : 'revoked', `account ${state}`);
}

type FaultKind = ProviderOutcome | 'moderated';

const FAULTS: Readonly<Record<FaultKind, readonly [ProviderOutcome, ProviderErrorCode, string]>> = {
  unused: ['unused', 'upstream_error', 'The upstream could not be reached.'],
  limited: ['limited', 'pool_exhausted', 'The upstream account has used up its allowance.'],
  revoked: ['revoked', 'upstream_unauthorized', 'The upstream session is no longer valid.'],
  banned: ['banned', 'upstream_unauthorized', 'The upstream account has been blocked.'],
  blocked: ['blocked', 'upstream_blocked', 'The upstream site turned the request away.'],
  refused: ['refused', 'upstream_refused', 'The upstream refused the request.'],
  moderated: [
    'refused',
    'content_policy_violation',
    'The upstream refused the content of the request.',
  ],
  faulty: ['faulty', 'upstream_error', 'The upstream failed to answer.'],
};

function fault(
  kind: FaultKind,
  reason: string,
  retryAfterMs?: number,
  cause?: unknown,
  counted?: boolean,
): ProviderError {
  const [outcome, code, message] = FAULTS[kind];
  return new ProviderError(message, outcome, code, {
    retryable: outcome !== 'refused',
    reason,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(counted !== undefined && { counted }),
    ...(cause !== undefined && { cause }),
  });
}

/** What upstream's words mean, whatever the status; null when they mean nothing known. */
function saidFault(saying: Saying, reason: string, retryAfterMs?: number): ProviderError | null {
  const account = accountFault(saying, reason);
  if (account !== null) return account;
  const { code, words } = saying;
  if (MODERATED.test(words)) return fault('moderated', `${reason} moderation`);
  const isLimit = code === CODES.exhausted || LIMITED.test(words);
  if (isLimit) return fault('limited', reason, retryAfterMs);
  if (code === CODES.denied || ANTI_BOT.test(words)) return fault('blocked', `${reason} anti-bot`);
  if (code === CODES.unauthenticated) return fault('revoked', reason);
  if (code === CODES.invalid || code === CODES.notFound) return fault('refused', reason);
  return null;
}

function accountFault({ words }: Saying, reason: string): ProviderError | null {
  if (BANNED.test(words)) return fault('banned', `${reason} account blocked`);
  return SESSION_ENDED.test(words) ? fault('revoked', `${reason} session ended`) : null;
}

const SILENCE: Saying = { code: '', words: '' };

function sayingOf(body: string): Saying {
  return sayingIn(parseRecord(body) ?? body);
}

function sayingIn(value: unknown): Saying {
  const whole = record(value);
  if (whole === null) return { code: '', words: shorten(text(value)) };
  const inner = record(whole['error']) ?? whole;
  const code = inner['code'] ?? whole['code'];
  const codeText = (number(code)?.toString() ?? text(code)).toLowerCase();
  const message = firstText(inner, 'message') || firstText(whole, 'message', 'error');
  return { code: codeText, words: shorten(`${codeText} ${message}`) };
}

function shorten(words: string): string {
  return words.slice(0, MAX_SAYING_CHARS).toLowerCase();
}

/** `Retry-After` in ms: whole seconds or an HTTP date; undefined when absent or neither. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
