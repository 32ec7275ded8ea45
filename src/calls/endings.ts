import { AppError, toAppError } from '../errors';
import { retryAfterSeconds, waitInWords } from '../lib/time';
import type { Refusal, Settlement } from '../pool/call';
import { ProviderError } from '../providers/provider';
import { rateHeaders } from '../http/ratelimit';
import type { LimitName } from './watch';

/** The client has left: nobody hears the answer. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
}

/** A wait has reached its limit. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached';

  constructor(readonly limit: LimitName) {
    super(`limit reached: ${limit}`);
  }
}

/** HTTP status written down for a caller who left before there was one. */
export const CLIENT_LEFT_STATUS = 499;
export const CLIENT_LEFT_CODE = 'client_left';

/** Where a call stood when its attempt ended. */
export interface Standing {
  /** The provider was asked: pessimistic, because the request may have reached it. */
  readonly wasSent: boolean;
  /** At least one part was handed on. */
  readonly hasFirstPart: boolean;
  /** The client has some of the answer. */
  readonly clientHasSome: boolean;
  /** The client has left. */
  readonly hasLeft: boolean;
  /** Upstream says nothing before its last word: silence says nothing about it. */
  readonly isSilent: boolean;
}

export type Ending = Pick<
  Settlement,
  'outcome' | 'cause' | 'counted' | 'clientEmpty' | 'retryAfterMs' | 'reason'
>;

/** What the pool is told of an attempt that ended with `thrown`; null stands for a whole answer. */
export function endingOf(thrown: unknown, standing: Standing): Ending {
  const { hasFirstPart, clientHasSome, wasSent, hasLeft, isSilent } = standing;
  if (thrown === null) return { outcome: 'done', clientEmpty: false };
  // A mistake in the request that was found before asking: nobody is to blame but the caller.
  const isRefused = thrown instanceof AppError && !hasFirstPart;
  const isSaid = thrown instanceof ProviderError || (isRefused && thrown.status < 500);
  if (!wasSent && !isSaid) {
    // No reason is given: nothing failed, so the way out is not to blame.
    return { outcome: 'unused', clientEmpty: true };
  }
  if (thrown instanceof ClientLeft) return { outcome: 'aborted', clientEmpty: false };
  const clientEmpty = !clientHasSome && !hasLeft;
  if (thrown instanceof ProviderError) {
    const { retryAfterMs, counted, reason } = thrown.detail;
    return {
      ...failed(thrown.outcome, hasFirstPart, clientEmpty),
      ...(counted === undefined ? {} : { counted }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      reason: reason ?? thrown.code,
    };
  }
  if (thrown instanceof LimitReached) {
    const reason = `timeout: ${thrown.limit}`;
    // A long answer that ran out of time was served well: only silence is upstream's fault.
    if (thrown.limit !== 'total' || !(hasFirstPart || isSilent)) {
      return { ...failed('faulty', hasFirstPart, clientEmpty), reason };
    }
    // Without a reason: that nothing came is no answer, which would end a breaker.
    if (!hasFirstPart) return { outcome: 'refused', counted: true, clientEmpty };
    return { ...failed('refused', hasFirstPart, clientEmpty), reason };
  }
  if (isRefused) return { outcome: 'refused', clientEmpty };
  // Our own mistake: units may be spent, the credential is not blamed, and upstream has given no reason.
  return { outcome: 'refused', counted: true, clientEmpty };
}

type Cause = NonNullable<Settlement['cause']>;

/** After the first part units are spent, and the cause acts on the credential's health alone. */
function failed(cause: Cause, hasFirstPart: boolean, clientEmpty: boolean): Ending {
  if (!hasFirstPart) return { outcome: cause, clientEmpty };
  // An answer that was to be given whole never reached its caller, who is not charged for it.
  if (clientEmpty && cause === 'faulty') return { outcome: 'faulty', clientEmpty };
  return { outcome: 'partial', cause, clientEmpty };
}

const LIMIT_TEXTS: Readonly<Record<LimitName, string>> = {
  first_part: 'The upstream did not begin to answer in time.',
  idle: 'The upstream stopped sending in the middle of its answer.',
  total: 'The answer took longer than the gateway allows.',
};

/** What stopped a call while the pictures of its request were being fetched. */
export function pictureFault(reason: ClientLeft | LimitReached): ClientLeft | AppError {
  if (reason instanceof ClientLeft) return reason;
  return new AppError('invalid_image', 'The images of the request took too long to fetch.', {
    cause: reason,
  });
}

/** What the caller hears of a failure. */
export function publicError(thrown: unknown): AppError {
  if (thrown instanceof LimitReached) {
    return new AppError('upstream_timeout', LIMIT_TEXTS[thrown.limit]);
  }
  if (thrown instanceof ProviderError) {
    const { retryAfterMs } = thrown.detail;
    const retryAfterS =
      retryAfterMs !== undefined
        ? retryAfterSeconds(retryAfterMs)
        : thrown.code === 'pool_exhausted'
          ? UNNAMED_RETRY_S
          : undefined;
    return new AppError(thrown.code, `${thrown.message}${comeBack(retryAfterS)}`, {
      ...(retryAfterS === undefined ? {} : { retryAfterS }),
      cause: thrown,
    });
  }
  if (thrown instanceof ClientLeft) {
    return new AppError('internal', 'The client has left.', { cause: thrown });
  }
  return toAppError(thrown);
}

/** Said when upstream limits a call and names no time. */
const UNNAMED_RETRY_S = 60;

const REFUSALS: Readonly<Record<Refusal['code'], string>> = {
  daily_quota_exceeded: 'The daily quota of this API key is used up',
  rpm_exceeded: 'This API key has sent too many requests in a minute',
  concurrency_exceeded: 'This API key has too many requests under way',
  model_not_allowed: 'This API key may not use this model',
  ip_not_allowed: 'This API key may not be used from this address',
  key_disabled: 'This API key is disabled',
  key_expired: 'This API key has expired',
  invalid_api_key: 'The API key is not valid',
  pool_exhausted: 'All credentials for this model are spent or cooling down',
  no_credentials: 'The gateway has no working credential for this model',
  provider_unavailable: 'The provider of this model is failing at the moment',
  call_ended: 'A call of this id has already ended',
};

/** A refusal of the pool as the caller hears it, with when to come back and where the limits stand. */
export function refusalError(refusal: Refusal): AppError {
  const { code, limit, retryAfterMs, rates } = refusal;
  const named = code === 'daily_quota_exceeded' && limit !== null ? `: ${limit}` : '';
  const retryAfterS = retryAfterMs === null ? undefined : retryAfterSeconds(retryAfterMs);
  return new AppError(code, `${REFUSALS[code]}${named}.${comeBack(retryAfterS)}`, {
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    ...(code === 'model_not_allowed' ? { param: 'model' } : {}),
    // Where time alone does not help, as with a limit of 0, asking again never will.
    headers: {
      ...rateHeaders(rates),
      ...(retryAfterMs === null ? { 'x-should-retry': 'false' } : {}),
    },
  });
}

/** In words as well: people read no headers, and an error in a stream has none. */
function comeBack(retryAfterS: number | undefined): string {
  return retryAfterS === undefined ? '' : ` Try again in ${waitInWords(retryAfterS)}.`;
}
