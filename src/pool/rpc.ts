import type { UsageBatch } from '../contract/usage';
import type { AdmitReply, Ask, EgressRef, RequestAsk, RequestReply, Settlement } from './call';
import type { Difference, PoolStats, PoolSummary } from './figures';
import type { KeyLimits, KeyStatus } from './key';
import type { PoolSettings } from './settings';
import type { Probe, ProbeResult } from './reading';
import type {
  ImportCandidate,
  ImportOutlook,
  ImportResult,
  NewToken,
  TokenPage,
  TokenPatch,
  TokenQuery,
  TokenRef,
  TokenView,
} from './token';

/**
 * What crosses the boundary of the `TokenPool` object: plain data only. Expected answers are unions,
 * because `instanceof` does not survive RPC; only bugs throw.
 */

/** A credential lent for reading its own assets. */
export interface MediaLoan {
  readonly ok: true;
  readonly sealedSecret: string;
  readonly egress: EgressRef;
}

export interface MediaRefusal {
  readonly ok: false;
  /** `gone`: deleted, expired or disabled. `busy`: as many reads of it as are allowed are under way. */
  readonly code: 'gone' | 'busy';
}

/** Batches that one `drain` hands out at most: fewer means that these are all. */
export const DRAINED_BATCHES = 100;

/** RPC surface of `objects/token-pool.ts`. */
export interface TokenPoolRpc {
  /**
   * Checks and takes for each ask, all or nothing, after applying the settlements that ride along.
   * @returns replies in the order of the asks, durable at once.
   */
  admit(asks: readonly Ask[], settled: readonly Settlement[]): Promise<readonly AdmitReply[]>;
  /** Ends attempt n and lends n+1 in one transaction. A refusal has ended the call. */
  retry(ended: Settlement): Promise<AdmitReply>;
  settle(settled: readonly Settlement[]): Promise<void>;
  /** Lengthens a lease that is still open; false when it is not. */
  extend(callId: string, attempt: number, addMs: number): Promise<boolean>;
  /**
   * Lends a credential for reading the assets of its own account. Costs no quota and touches no health;
   * bounded per credential. Kept in memory only: a loan ends by itself after its term.
   * @param isLong - it may take long, as a video does: some loans are kept for those that do not.
   */
  lendForMedia(
    tokenId: string,
    loanId: string,
    termMs: number,
    isLong?: boolean,
  ): Promise<MediaLoan | MediaRefusal>;
  returnMedia(loanIds: readonly string[]): Promise<void>;

  /** @returns the version that holds now, and whether this edit made it. */
  putKey(key: KeyLimits): Promise<{ readonly version: number; readonly applied: boolean }>;
  keyStatus(keyIds: readonly string[]): Promise<readonly KeyStatus[]>;
  /** Ids of keys that have nothing left of one of today's limits. */
  exhaustedKeys(): Promise<readonly string[]>;
  configure(settings: PoolSettings): Promise<void>;
  /** Counts a request that asks nothing of a provider against the key's RPM. */
  takeRequest(ask: RequestAsk): Promise<RequestReply>;
  /** Counts a refusal that the Worker made itself. */
  countRefusal(keyId: string, code: string): Promise<void>;

  /**
   * At most 200 tokens a call. With `ifVersion`, only while the list's version is that one, or became
   * the next one by this very edit: so that an edit whose reply was lost can be said once more.
   */
  importTokens(
    tokens: readonly NewToken[],
    ifVersion?: number,
    editId?: string,
  ): Promise<ImportResult>;
  /** What an import of these would do; changes nothing. At most 200 tokens a call. */
  checkImport(tokens: readonly ImportCandidate[]): Promise<ImportOutlook>;
  listTokens(query: TokenQuery): Promise<TokenPage>;
  findTokens(refs: readonly TokenRef[]): Promise<readonly TokenView[]>;
  /** At most 200 references a call. @returns how many were found. */
  updateTokens(
    refs: readonly TokenRef[],
    patch: TokenPatch,
  ): Promise<{ readonly found: number; readonly listVersion: number }>;
  /** At most 200 references a call. `ifVersion` and `editId` as with an import. */
  deleteTokens(
    refs: readonly TokenRef[],
    ifVersion?: number,
    editId?: string,
  ): Promise<{ readonly found: number; readonly listVersion: number; readonly stale?: boolean }>;
  tags(): Promise<readonly string[]>;
  sealedSecrets(
    ids: readonly string[],
  ): Promise<readonly { readonly id: string; readonly sealedSecret: string }[]>;
  /** Starts readings of these tokens now; the Worker makes them and reports. */
  beginReadings(ids: readonly string[], buckets: readonly string[]): Promise<readonly Probe[]>;
  /**
   * Applies readings; unknown or overtaken ones are discarded.
   * @returns the ids of those that were still awaited.
   */
  report(results: readonly ProbeResult[]): Promise<readonly string[]>;

  /** An operator's word that a shared failure is over. @returns how many of these breakers were open */
  closeBreakers(names: readonly string[]): Promise<number>;
  stats(): Promise<PoolStats>;
  summary(): Promise<PoolSummary>;
  /** Rebuilds from storage into a second copy and compares it with memory. */
  verify(): Promise<{ readonly counters: number; readonly differences: readonly Difference[] }>;
  /** Hands out what is pending and what nobody has acknowledged, oldest first, for `verify` against D1. */
  drain(): Promise<readonly UsageBatch[]>;
  ack(batchIds: readonly string[]): Promise<void>;
  /** Cron's call: makes sure that the alarm is armed. */
  tick(): Promise<void>;
}
