import type { TokenTest } from '../contract/tokens';
import { SECOND_MS } from '../lib/time';
import type { Generations } from '../models/catalog';
import type { Probe, ProbeResult } from '../pool/reading';
import type { TokenPoolRpc } from '../pool/rpc';
import type { TokenView } from '../pool/token';
import { bucketsToRead } from './buckets-to-read';
import { chunks } from './name-tokens';
import { makeReadings, type ReadingDeps } from './read-quota';
import { CHAT_BUCKETS, HEAVY_BUCKETS } from './view-token';

export interface RefreshDeps {
  readonly pool: Pick<TokenPoolRpc, 'beginReadings' | 'report' | 'sealedSecrets'>;
  readonly readings: ReadingDeps;
  /** Of the settings: what a Grok account is asked about. */
  readonly generations: Generations;
}

interface Reading {
  readonly probe: Probe;
  readonly result: ProbeResult;
  /** The pool was still waiting for it. */
  readonly isApplied: boolean;
}

/**
 * Reads the upstreams' figures now and hands them to the pool: no more at a time than are read at once,
 * because the pool gives a reading up that takes long after it was begun.
 * @returns by token id, whether every reading of it came back in time.
 */
export async function refreshTokens(
  deps: RefreshDeps,
  tokens: readonly TokenView[],
): Promise<Map<string, boolean>> {
  const fresh = new Map(tokens.map((token) => [token.id, false]));
  for (const [buckets, ids] of groupByBuckets(tokens, deps.generations)) {
    const atOnce = Math.max(1, Math.floor(deps.readings.concurrency / buckets.length));
    for (const chunk of chunks(ids, atOnce)) {
      const readings = await read(deps, chunk, buckets);
      for (const id of chunk) {
        const own = readings.filter(({ probe }) => probe.tokenId === id);
        fresh.set(
          id,
          own.length > 0 && own.every(({ result, isApplied }) => result.ok && isApplied),
        );
      }
    }
  }
  return fresh;
}

/**
 * Asks the upstream whether one credential works. What is said is upstream's answer, not our records;
 * the pool learns of it too, unless the token is out of use: then nothing but the answer comes of it.
 */
export async function testToken(deps: RefreshDeps, token: TokenView): Promise<TokenTest> {
  const counted = await read(deps, [token.id], bucketsToRead(token, deps.generations));
  const readings = counted.length > 0 ? counted : await readUncounted(deps, token);
  const failed = readings.find(({ result }) => !result.ok)?.result;
  if (failed?.ok === false) return failedTest(failed);
  const [first] = readings;
  if (first === undefined) {
    return failedTest({ readingId: '', ok: false, outcome: 'unused', reason: 'not tried' });
  }
  const chat = readingOf(readings, CHAT_BUCKETS) ?? first;
  const heavy = readingOf(readings, HEAVY_BUCKETS)?.result;
  return {
    success: true,
    message: 'The credential works.',
    data: {
      valid: true,
      remaining_queries: chat.result.ok ? chat.result.remaining : null,
      limit: chat.result.ok ? chat.result.limit : null,
      heavy_remaining_queries: heavy?.ok === true ? heavy.remaining : null,
    },
  };
}

async function read(
  { pool, readings }: RefreshDeps,
  ids: readonly string[],
  buckets: readonly string[],
): Promise<Reading[]> {
  const probes = await pool.beginReadings(ids, buckets);
  const results = await makeReadings(readings, probes);
  const applied = new Set(await pool.report(results));
  const byId = new Map(results.map((result) => [result.readingId, result]));
  return probes.flatMap((probe) => {
    const result = byId.get(probe.readingId);
    return result === undefined ? [] : [{ probe, result, isApplied: applied.has(probe.readingId) }];
  });
}

/** Readings of a token that the pool lends no more (expired, disabled), for the asker alone. */
async function readUncounted(deps: RefreshDeps, token: TokenView): Promise<Reading[]> {
  const [sealed] = await deps.pool.sealedSecrets([token.id]);
  if (sealed === undefined) return [];
  const probes = bucketsToRead(token, deps.generations).map((bucket): Probe => ({
    readingId: bucket,
    tokenId: token.id,
    provider: token.provider,
    bucket,
    sealedSecret: sealed.sealedSecret,
    egress: { id: 'direct', kind: 'direct', suspect: false },
  }));
  const results = await makeReadings(deps.readings, probes);
  return probes.flatMap((probe, index) => {
    const result = results[index];
    return result === undefined ? [] : [{ probe, result, isApplied: false }];
  });
}

/** The reading of the first of these buckets that was read. */
function readingOf(readings: readonly Reading[], buckets: readonly string[]): Reading | undefined {
  const found = buckets.map((name) => readings.find(({ probe }) => probe.bucket === name));
  return found.find((reading) => reading !== undefined);
}

function groupByBuckets(
  tokens: readonly TokenView[],
  generations: Generations,
): [string[], string[]][] {
  const groups = Map.groupBy(tokens, (token) => bucketsToRead(token, generations).join(' '));
  return [...groups].map(([names, group]) => [names.split(' '), group.map((token) => token.id)]);
}

type Failure = Extract<ProbeResult, { ok: false }>;
type ErrorType = Extract<TokenTest, { success: false }>['data']['error_type'];

const FAILURES: Readonly<Record<Failure['outcome'], readonly [ErrorType, string]>> = {
  revoked: ['expired', 'The upstream no longer accepts this credential.'],
  banned: ['banned', 'The upstream has blocked this account.'],
  limited: ['limited', 'The upstream says that this credential is used up for now.'],
  blocked: ['blocked', 'The upstream blocked the way out, not the credential.'],
  unused: ['unreachable', 'The upstream could not be asked.'],
  faulty: ['unknown', 'The upstream failed to answer.'],
};

function failedTest(failure: Failure): TokenTest {
  const [type, message] = FAILURES[failure.outcome];
  return {
    success: false,
    message,
    data: {
      valid: false,
      error_type: type,
      error_code: failure.reason ?? failure.outcome,
      retry_after_s:
        failure.retryAfterMs === undefined ? null : Math.ceil(failure.retryAfterMs / SECOND_MS),
    },
  };
}
