import type { UsageBatch } from '../../src/contract/usage';
import type { AdmitReply, Ask, Settlement, RequestAsk, RequestReply } from '../../src/pool/call';
import type { Difference, PoolStats, PoolSummary, PoolSums } from '../../src/pool/figures';
import type { KeyLimits, KeyStatus } from '../../src/pool/key';
import type { Probe, ProbeResult } from '../../src/pool/reading';
import type { MediaLoan, MediaRefusal } from '../../src/pool/rpc';
import type { PoolSettings } from '../../src/pool/settings';
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
} from '../../src/pool/token';
import { DRAINED_BATCHES } from '../../src/pool/rpc';
import { migrate } from '../lib/migrate';
import { admit, takeOne, Waits } from './admit';
import { Blame } from './blame';
import { Directory } from './directory';
import { EgressNodes } from './egress';
import { countListed } from './count';
import { isExhausted, newKeyState, pruneDays, replaceLimits, statusOf } from './keys';
import { listTokens } from './listing';
import { MediaLoans } from './media-loans';
import { Outbox } from './outbox';
import { sumPool } from './overview';
import type { PoolPorts } from './ports';
import { Readings } from './readings';
import { MIGRATIONS } from './schema';
import { expireLeases, retry, settle } from './settle';
import { PoolState } from './state';
import { commit, Journal, recover } from './storage';
import { differences } from './verify';

/** Keys that one step reads. */
const KEYS_A_STEP = 100;
/** How long sums over all tokens are good for, while the list of tokens stays as it is. */
const SUMS_MS = 5_000;

/** What the rules work on. */
export interface Pool {
  readonly state: PoolState;
  readonly blame: Blame;
  readonly readings: Readings;
  readonly outbox: Outbox;
  readonly directory: Directory;
  readonly egress: EgressNodes;
  readonly waits: Waits;
}

/** What an alarm leaves to be done once its changes are committed. */
export interface AlarmWork {
  readonly batches: UsageBatch[];
  readonly probes: Probe[];
  /** What tasks have thrown: bugs, to be logged. */
  readonly failures: unknown[];
}

/**
 * The pool without a platform: synchronous, its time passed in, its storage a port. A method changes
 * memory; `commit` makes everything since the last one true in one transaction, and only then may a
 * reply leave.
 */
export class PoolCore implements Pool {
  readonly state: PoolState;
  readonly blame = new Blame();
  readonly readings: Readings;
  readonly outbox: Outbox;
  readonly directory: Directory;
  readonly egress = new EgressNodes();
  readonly waits = new Waits();
  readonly #mediaLoans = new MediaLoans();
  #sums: { readonly at: number; readonly list: number; readonly value: PoolSums } | null = null;
  #tags: { readonly list: number; readonly value: readonly string[] } | null = null;
  readonly #journal = new Journal();
  /** The day whose beginning has been noticed. */
  #prunedOn = '';

  constructor(ports: PoolPorts, now: number) {
    migrate(ports, MIGRATIONS);
    this.state = new PoolState(ports);
    recover(this.state, this.#journal, now);
    this.readings = new Readings(this.state, this.blame);
    this.outbox = new Outbox(this.state);
    this.directory = new Directory(this.state);
  }

  admit(ask: Ask, now: number): AdmitReply {
    this.advance(now);
    const reply = admit(this, ask);
    if (!reply.ok && reply.code !== 'unknown_key') this.outbox.countRefusal(ask.keyId, reply.code);
    return reply;
  }

  takeRequest(ask: RequestAsk, now: number): RequestReply {
    this.advance(now);
    const reply = takeOne(this, ask);
    if (!reply.ok && reply.code !== 'unknown_key') this.outbox.countRefusal(ask.keyId, reply.code);
    return reply;
  }

  retry(ended: Settlement, now: number): AdmitReply {
    this.advance(now);
    return retry(this, ended);
  }

  settle(settled: readonly Settlement[], now: number): void {
    this.advance(now);
    for (const ended of settled) settle(this, ended);
  }

  extend(callId: string, attempt: number, addMs: number, now: number): boolean {
    this.advance(now);
    const lease = this.state.leases.get(callId);
    if (lease === undefined || lease.attempt !== attempt) return false;
    lease.expiresAt += addMs;
    this.state.work.opened.add(callId);
    return true;
  }

  lendForMedia(
    tokenId: string,
    loanId: string,
    termMs: number,
    now: number,
    isLong = false,
  ): MediaLoan | MediaRefusal {
    this.advance(now);
    return this.#mediaLoans.lend(this, { tokenId, loanId, termMs, isLong });
  }

  returnMedia(loanIds: readonly string[]): void {
    this.#mediaLoans.end(loanIds);
  }

  /** An older edit never overwrites a newer one; counters stay. */
  putKey(limits: KeyLimits, now: number): { readonly version: number; readonly applied: boolean } {
    this.advance(now);
    const key = this.state.key(limits.id);
    if (key !== null && key.limits.version >= limits.version) {
      return { version: key.limits.version, applied: false };
    }
    if (key === null) this.state.addKey(newKeyState(limits));
    else replaceLimits(key, limits);
    this.state.work.keyRows.add(limits.id);
    this.state.work.keys.add(limits.id);
    return { version: limits.version, applied: true };
  }

  keyStatus(ids: readonly string[], now: number): KeyStatus[] {
    this.advance(now);
    return ids
      .map((id) => this.state.peekKey(id))
      .filter((key) => key !== null)
      .map((key) => statusOf(key, this.state.calendar, this.state.now));
  }

  /** Ids of keys with nothing left of one of today's limits, in steps. */
  *exhaustedKeySteps(now: number): Generator<undefined, string[]> {
    this.advance(now);
    const { state } = this;
    const found: string[] = [];
    for (let after = ''; ;) {
      const rows = state.stmt.keysAfter(after, KEYS_A_STEP);
      const last = rows.at(-1);
      if (last === undefined) return found;
      for (const row of rows) {
        if (isExhausted(state.keyOf(row), state.calendar, state.now)) found.push(row.id);
      }
      after = last.id;
      yield;
    }
  }

  configure(settings: PoolSettings, now: number): void {
    this.advance(now);
    if (settings.version < this.state.settings.version) return;
    if (JSON.stringify(settings) === JSON.stringify(this.state.settings)) return;
    const { staleMs } = this.state.settings;
    this.state.setSettings(settings);
    this.state.work.settings = true;
    if (settings.staleMs === staleMs) return;
    // How long a stale figure is believed has changed: plan those moments again.
    for (const table of this.state.loadedBuckets()) this.state.wakeCells(table);
  }

  countRefusal(keyId: string, code: string, now: number): void {
    this.advance(now);
    this.outbox.countRefusal(keyId, code);
  }

  importTokens(
    tokens: readonly NewToken[],
    now: number,
    ifVersion?: number,
    editId = '',
  ): ImportResult {
    this.advance(now);
    if (this.#hasMovedOn(ifVersion, editId)) {
      return {
        added: 0,
        updated: 0,
        unchanged: 0,
        listVersion: this.state.sequences.list,
        stale: true,
      };
    }
    return this.#named(editId, () => this.directory.import(tokens));
  }

  updateTokens(
    refs: readonly TokenRef[],
    patch: TokenPatch,
    now: number,
  ): { found: number; listVersion: number } {
    this.advance(now);
    return { found: this.directory.update(refs, patch), listVersion: this.state.sequences.list };
  }

  deleteTokens(
    refs: readonly TokenRef[],
    now: number,
    ifVersion?: number,
    editId = '',
  ): { found: number; listVersion: number; stale?: boolean } {
    this.advance(now);
    if (this.#hasMovedOn(ifVersion, editId)) {
      return { found: 0, listVersion: this.state.sequences.list, stale: true };
    }
    const { sequences } = this.state;
    // Said once more: what it deleted is gone, and was found.
    if (ifVersion !== undefined && ifVersion !== sequences.list) {
      return { found: refs.length, listVersion: sequences.list };
    }
    const found = this.#named(editId, () => this.directory.delete(refs));
    return { found, listVersion: sequences.list };
  }

  checkImport(tokens: readonly ImportCandidate[]): ImportOutlook {
    return this.directory.check(tokens);
  }

  /** `listSteps` in one go. */
  listTokens(query: TokenQuery, now: number): TokenPage {
    return inOneGo(this.listSteps(query, now));
  }

  /** A page of tokens, in steps that take about a millisecond each. */
  *listSteps(query: TokenQuery, now: number): Generator<undefined, TokenPage> {
    this.advance(now);
    const page = yield* listTokens(this.state, query);
    return { ...page, total: page.total ?? countListed(yield* this.#sumSteps(now), query) };
  }

  findTokens(refs: readonly TokenRef[], now: number): TokenView[] {
    this.advance(now);
    return this.directory.find(refs);
  }

  /** Every tag in use, sorted. What is not committed yet is not among them. */
  tags(): readonly string[] {
    const { list } = this.state.sequences;
    if (this.#tags?.list !== list) this.#tags = { list, value: this.state.stmt.tags() };
    return this.#tags.value;
  }

  sealedSecrets(ids: readonly string[]): { id: string; sealedSecret: string }[] {
    return ids
      .map((id) => this.directory.slotOf({ id }))
      .filter((slot) => slot !== null)
      .map((slot) => this.directory.textOf(slot))
      .map(({ id, sealed }) => ({ id, sealedSecret: sealed }));
  }

  beginReadings(ids: readonly string[], buckets: readonly string[], now: number): Probe[] {
    this.advance(now);
    const slots = ids.map((id) => this.directory.slotOf({ id })).filter((slot) => slot !== null);
    return slots
      .flatMap((slot) =>
        buckets.map((name) => this.readings.begin(this.state.bucket(name, true), slot)),
      )
      .filter((probe) => probe !== null);
  }

  report(results: readonly ProbeResult[], now: number): string[] {
    this.advance(now);
    const awaited = results.filter((result) => this.readings.report(result));
    return awaited.map((result) => result.readingId);
  }

  /** Does what time demands. Running twice, or an hour late, does no harm. */
  alarm(now: number): AlarmWork {
    this.advance(now);
    const work: AlarmWork = { batches: [], probes: [], failures: [] };
    const tasks = [
      () => expireLeases(this),
      () => this.outbox.sealDue(),
      () => this.#pruneDays(),
      () => work.batches.push(...this.outbox.takeDue()),
      () => work.probes.push(...this.readings.due()),
    ];
    for (const task of tasks) {
      try {
        task();
      } catch (failure) {
        // One task that fails must not keep the others from running.
        work.failures.push(failure);
      }
    }
    return work;
  }

  /** Unix ms at which `alarm` should run next; null when nothing waits. */
  nextAlarm(): number | null {
    const times = [
      this.outbox.nextAt(),
      this.readings.nextAt(),
      this.state.wakes.nextAt(),
      Number.isFinite(this.state.earliestExpiry) ? this.state.earliestExpiry : null,
    ].filter((time) => time !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Seals everything that waits, and hands out what nobody has acknowledged: after the next commit. */
  drain(now: number): UsageBatch[] {
    this.advance(now);
    this.outbox.seal(true);
    return this.outbox.takeAll(DRAINED_BATCHES);
  }

  ack(batchIds: readonly string[], now: number): void {
    this.advance(now);
    this.outbox.ack(batchIds);
  }

  closeBreakers(names: readonly string[], now: number): number {
    this.advance(now);
    return this.blame.close(names);
  }

  stats(now: number): PoolStats {
    this.advance(now);
    const { state } = this;
    return {
      openLeases: state.leases.size,
      outbox: { pending: state.pendingRecords.length, sealed: state.batches.size },
      breakers: this.blame.open(),
      listVersion: state.sequences.list,
      settingsVersion: state.settings.version,
      rowsWritten: state.stmt.written(),
    };
  }

  /** `summarySteps` in one go. */
  summary(now: number): PoolSummary {
    return inOneGo(this.summarySteps(now));
  }

  /** How the pool stands, in steps. Every token is looked at anew at most every 5 s, whoever asks. */
  *summarySteps(now: number): Generator<undefined, PoolSummary> {
    this.advance(now);
    const sums = yield* this.#sumSteps(now);
    return {
      ...sums,
      tokens: countListed(sums, {}),
      openLeases: this.state.leases.size,
      breakers: this.blame.open(),
    };
  }

  *#sumSteps(now: number): Generator<undefined, PoolSums> {
    const { list } = this.state.sequences;
    const known = this.#sums;
    if (known !== null && known.list === list && now - known.at < SUMS_MS) return known.value;
    const value = yield* sumPool(this.state);
    this.#sums = { at: now, list, value };
    return value;
  }

  /**
   * Rebuilds from storage into a second copy and compares it with memory.
   * @throws Error when something is not committed yet: storage cannot know it.
   */
  verify(now: number): { counters: number; differences: Difference[] } {
    this.advance(now);
    if (!this.state.work.isEmpty) throw new Error('verify needs everything committed');
    const stored = new PoolState(this.state.ports);
    recover(stored, new Journal(), this.state.now);
    return differences(this.state, stored);
  }

  /** One transaction with everything since the last commit. */
  commit(): void {
    this.outbox.seal(false);
    commit(this.state, this.#journal);
  }

  get hasChanges(): boolean {
    return !this.state.work.isEmpty;
  }

  /** Once a day: it walks every key that is loaded. */
  #pruneDays(): void {
    const today = this.state.calendar.day(this.state.now);
    if (today === this.#prunedOn) return;
    this.#prunedOn = today;
    for (const key of this.state.loadedKeys()) {
      if (pruneDays(key, today)) this.state.work.keys.add(key.limits.id);
    }
  }

  /** Names the edit that brought the list to its version: one that changes nothing is not written down. */
  #named<T>(editId: string, edit: () => T): T {
    const { sequences } = this.state;
    const before = sequences.list;
    const result = edit();
    if (sequences.list !== before) sequences.edit = editId;
    return result;
  }

  /**
   * Whether the list of tokens is another than the one an operator has read. What the same edit made of
   * it does not count: the reply was lost, and it is said once more.
   */
  #hasMovedOn(ifVersion: number | undefined, editId: string): boolean {
    const { list, edit } = this.state.sequences;
    if (ifVersion === undefined || ifVersion === list) return false;
    return editId === '' || edit !== editId || list !== ifVersion + 1;
  }

  /** Lets the time pass: what changes by itself has changed afterwards. */
  advance(now: number): void {
    this.state.advance(now);
    const { wakes } = this.state;
    for (let cell = wakes.pop(this.state.now); cell !== null; cell = wakes.pop(this.state.now)) {
      this.readings.wake(cell);
    }
  }
}

function inOneGo<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
