import type { Egress } from '../egress/egress';
import type { ProviderId } from '../models/model-spec';
import type { EgressRef } from '../pool/call';
import type { Probe, ProbeResult } from '../pool/reading';
import {
  type Provider,
  ProviderError,
  type ProviderOutcome,
  type ProviderSettings,
  type QuotaCall,
  type QuotaReading,
} from '../providers/provider';

/** What readings need: everything that touches the world comes in through here. */
export interface ReadingDeps {
  /** The adapter of a provider id; null when this build has none. */
  readonly provider: (id: string) => Provider | null;
  /** May throw: an address that is not usable fails the reading. */
  readonly settings: (provider: ProviderId) => ProviderSettings;
  readonly egress: (ref: EgressRef) => Egress;
  /** Opens the sealed secret of one token. Throws when it cannot be opened. */
  readonly open: (tokenId: string, sealedSecret: string) => string | Promise<string>;
  /** Readings under way at once. */
  readonly concurrency: number;
  /** Longest one reading may take. Ms. */
  readonly timeoutMs?: number;
}

type FailedOutcome = Extract<ProbeResult, { ok: false }>['outcome'];

const READING_TIMEOUT_MS = 15_000;

/**
 * Asks the upstreams what is left, one answer for each probe in the order of the probes. Never throws:
 * a reading that failed says how. What could not even be tried is `unused`.
 */
export async function makeReadings(
  deps: ReadingDeps,
  probes: readonly Probe[],
): Promise<ProbeResult[]> {
  const results = new Array<ProbeResult>(probes.length);
  const answers = new Map(probes.map(({ tokenId }) => [tokenId, newAnswers()]));
  const queue = probes.entries();
  // All workers draw from one iterator, so that a slow upstream holds one of them and not a share.
  const work = async (): Promise<void> => {
    for (const [index, probe] of queue) {
      results[index] = await makeReading(deps, probe, answers.get(probe.tokenId) ?? newAnswers());
    }
  };
  const workers = Math.max(1, Math.min(deps.concurrency, probes.length));
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}

type Answers = NonNullable<QuotaCall['answers']>;

/** What one token's readings of one round share: an answer may tell of several buckets. */
function newAnswers(): Answers {
  return new Map();
}

async function makeReading(
  deps: ReadingDeps,
  probe: Probe,
  answers: Answers,
): Promise<ProbeResult> {
  const { readingId } = probe;
  const provider = deps.provider(probe.provider);
  if (provider === null) return failed(readingId, 'unused', 'no such provider');
  let secret: string;
  try {
    secret = await deps.open(probe.tokenId, probe.sealedSecret);
  } catch {
    return failed(readingId, 'unused', 'the credential cannot be opened');
  }
  const signal = AbortSignal.timeout(deps.timeoutMs ?? READING_TIMEOUT_MS);
  try {
    const reading = await ask(deps, provider, probe, { secret, signal, answers });
    return {
      readingId,
      ok: true,
      remaining: reading.remaining,
      limit: reading.limit,
      resetAfterMs: reading.resetAfterMs,
      ...(reading.tier === undefined ? {} : { tier: reading.tier }),
    };
  } catch (thrown) {
    return failedReading(readingId, thrown, signal);
  }
}

/** Providers without quotas only prove that the credential works: the figures are then null. */
async function ask(
  deps: ReadingDeps,
  provider: Provider,
  probe: Probe,
  given: Pick<QuotaCall, 'secret' | 'signal'> & { readonly answers: Answers },
): Promise<QuotaReading> {
  const call = {
    ...given,
    egress: deps.egress(probe.egress),
    settings: deps.settings(provider.id),
  };
  if (provider.quota !== undefined) return provider.quota({ ...call, bucket: probe.bucket });
  await provider.test?.(call);
  return { remaining: null, limit: null, resetAfterMs: null };
}

function failedReading(readingId: string, thrown: unknown, signal: AbortSignal): ProbeResult {
  if (thrown instanceof ProviderError) {
    const { retryAfterMs, reason } = thrown.detail;
    return {
      ...failed(readingId, FAILED_AS[thrown.outcome], reason ?? thrown.code),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }
  return failed(readingId, 'faulty', signal.aborted ? 'timeout' : 'the reading failed');
}

/** A refused reading is our request's fault; no credential is to be judged by it. */
const FAILED_AS: Record<ProviderOutcome, FailedOutcome> = {
  unused: 'unused',
  limited: 'limited',
  revoked: 'revoked',
  banned: 'banned',
  blocked: 'blocked',
  refused: 'unused',
  faulty: 'faulty',
};

function failed(readingId: string, outcome: FailedOutcome, reason: string) {
  return { readingId, ok: false, outcome, reason } as const;
}
