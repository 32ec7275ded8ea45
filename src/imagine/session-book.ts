import type { Settlement } from '../pool/call';
import { EventLog, type SessionSql, type StoredEvent } from './event-log';
import { MAX_LOG_CHARS, MAX_WAITS, START_EVERY_MS } from './limits';
import type { StatusBody, StopReason } from './protocol';
import {
  dueAt,
  errorOf,
  type Failure,
  imageOf,
  isOver,
  lostBatch,
  statusOf,
  stopReason,
} from './session-rules';
import {
  type Batch,
  createTables,
  EMPTY,
  type Run,
  readState,
  type State,
  useTicket,
  writeState,
} from './session-state';

export interface BookPorts {
  readonly sql: SessionSql;
  /** All or nothing, and synchronous. */
  transaction<T>(run: () => T): T;
  /** Drops everything that is stored. */
  forget(): void;
  /** Each new event, once it is stored. */
  emit(event: StoredEvent): void;
  /** 32 hex digits. */
  randomId(): string;
}

/** A run as it is begun; the book adds its id and counters. */
export type NewRun = Omit<Run, 'id' | 'startedAt' | 'sequence' | 'waits'>;

/**
 * What a session knows, durably: its events, its run, the batch in flight, and the settlements that the
 * pool has not heard. Every step is stored before anybody is told of it, so that a session that died
 * is settled from here: what was stored was delivered, and nothing else was.
 */
export class SessionBook {
  readonly #ports: BookPorts;
  #state: State;
  readonly #log: EventLog;
  #hasTables = true;

  constructor(ports: BookPorts) {
    this.#ports = ports;
    createTables(ports.sql);
    this.#state = readState(ports.sql);
    this.#log = new EventLog(ports.sql, MAX_LOG_CHARS);
  }

  get run(): Run | null {
    return this.#state.run;
  }

  get batch(): Batch | null {
    return this.#state.batch;
  }

  /** Settlements to be sent until they were heard. */
  get unheard(): readonly Settlement[] {
    return this.#state.unheard;
  }

  get firstSeq(): number | null {
    return this.#log.firstSeq;
  }

  get lastSeq(): number | null {
    return this.#log.lastSeq;
  }

  /** Stored events after this number, oldest first. A number never given out asks for all. */
  eventsAfter(seq: number): StoredEvent[] {
    const last = this.#log.lastSeq;
    return this.#log.after(last !== null && seq > last ? 0 : seq);
  }

  /**
   * Called when the object wakes. A run whose memory is gone does not go on by itself: its events stay,
   * its batch is given up with what was delivered charged and what upstream counted in doubt.
   */
  recover(hasClients: boolean, now: number): void {
    const { run, batch, detachedAt } = this.#state;
    if (run === null && batch === null) {
      if (!hasClients && !this.#isEmpty()) this.detached(now);
      return;
    }
    this.#commit(() => {
      const unheard = batch === null ? [] : lostBatch(batch);
      this.#set({
        run: null,
        batch: null,
        unheard: [...this.#state.unheard, ...unheard],
        detachedAt: hasClients ? null : (detachedAt ?? now),
      });
      return run === null ? [] : [this.#status('session_restarted', run, now)];
    });
  }

  attached(): void {
    if (this.#state.detachedAt !== null) this.#commit(() => this.#set({ detachedAt: null }));
  }

  /** The last client has left. */
  detached(now: number): void {
    if (this.#state.detachedAt !== null) return;
    this.#commit(() => this.#set({ detachedAt: now }));
  }

  /** Ms until a run may be started; 0 when it may. */
  startWaitMs(now: number): number {
    return Math.max(0, this.#state.startedAt + START_EVERY_MS - now);
  }

  /** Begins a run; one that is under way is replaced. */
  start(plan: NewRun, hasClients: boolean, now: number): Run {
    const run: Run = {
      ...plan,
      id: this.#ports.randomId(),
      startedAt: now,
      sequence: 0,
      waits: 0,
    };
    this.#commit(() => {
      const old = this.#state.run;
      const detachedAt = hasClients ? null : now;
      this.#set({ run, startedAt: now, detachedAt });
      const replaced = old === null ? [] : [this.#status('stopped', old, now, 'replaced')];
      return [...replaced, this.#status('running', run, now)];
    });
    return run;
  }

  /** Ends the run, if there is one. @returns the id of the run that ended. */
  stop(reason: StopReason | 'finished', now: number): string | null {
    const { run } = this.#state;
    if (run === null) return null;
    this.#commit(() => {
      this.#set({ run: null });
      return [
        reason === 'finished'
          ? this.#status('finished', run, now)
          : this.#status('stopped', run, now, reason),
      ];
    });
    return run.id;
  }

  /** Written before the pool is asked: a batch that nobody remembers would be charged whole. */
  batchBegins(callId: string, now: number): void {
    const { run } = this.#state;
    if (run === null) return;
    const batch = { callId, runId: run.id, attempt: 1, startedAt: now, delivered: 0 };
    this.#commit(() => this.#set({ batch }));
  }

  /** Another credential is about to serve the batch. */
  attemptBegins(attempt: number): void {
    const { batch } = this.#state;
    if (batch !== null) this.#commit(() => this.#set({ batch: { ...batch, attempt } }));
  }

  /** A picture has come. @returns false when its run is over: it is delivered to nobody, and not charged. */
  deliver(callId: string, url: string, now: number): boolean {
    const { run, batch } = this.#state;
    if (batch?.callId !== callId || run?.id !== batch.runId) return false;
    const sequence = run.sequence + 1;
    this.#commit(() => {
      this.#set({
        run: { ...run, sequence, waits: 0 },
        batch: { ...batch, delivered: batch.delivered + 1 },
      });
      return [this.#log.append(imageOf({ run, batch, url, sequence, now }), now)];
    });
    return true;
  }

  /** Something of the run failed; the run itself goes on until it is stopped. */
  fail(runId: string, failure: Failure, now: number): void {
    if (this.#state.run?.id !== runId) return;
    this.#commit(() => [this.#log.append(errorOf(runId, failure), now)]);
  }

  /** The run waits for a limit. @returns false when it has waited often enough in a row. */
  waits(): boolean {
    const { run } = this.#state;
    if (run === null || run.waits >= MAX_WAITS) return false;
    this.#commit(() => this.#set({ run: { ...run, waits: run.waits + 1 } }));
    return true;
  }

  /** Keeps a settlement until the pool has heard it; with it the batch is over. */
  settles(settlement: Settlement): void {
    this.#commit(() => this.#set({ batch: null, unheard: [...this.#state.unheard, settlement] }));
  }

  /** The batch was refused, or never asked for: there is nothing to settle. */
  batchEnds(): void {
    if (this.#state.batch !== null) this.#commit(() => this.#set({ batch: null }));
  }

  /** The pool has heard the oldest so many. */
  heard(count: number): void {
    if (count > 0) this.#commit(() => this.#set({ unheard: this.#state.unheard.slice(count) }));
  }

  /** As `session-rules` has it. */
  stopReason(now: number): StopReason | null {
    return stopReason(this.#state, now);
  }

  isOver(now: number): boolean {
    return isOver(this.#state, now);
  }

  dueAt(now: number): number | null {
    return dueAt(this.#state, now);
  }

  /** @returns whether the ticket had not been used before. */
  useTicket(nonce: string, until: number, now: number): boolean {
    return this.#transaction(() => useTicket(this.#ports.sql, nonce, until, now));
  }

  /** Forgets everything. */
  forget(): void {
    this.#ports.forget();
    this.#hasTables = false;
    this.#state = EMPTY;
    this.#log.clear();
  }

  #isEmpty(): boolean {
    return this.#state === EMPTY;
  }

  #set(change: Partial<State>): [] {
    this.#state = { ...this.#state, ...change };
    writeState(this.#ports.sql, this.#state);
    return [];
  }

  /** Stores a step whole, then tells of it. A step that could not be stored has not happened. */
  #commit(step: () => StoredEvent[]): void {
    for (const event of this.#transaction(step)) this.#ports.emit(event);
  }

  #transaction<T>(step: () => T): T {
    if (!this.#hasTables) {
      createTables(this.#ports.sql);
      this.#hasTables = true;
    }
    const before = this.#state;
    try {
      return this.#ports.transaction(step);
    } catch (thrown) {
      // Memory goes back to what is stored.
      this.#state = before;
      this.#log.reload();
      throw thrown;
    }
  }

  #status(status: StatusBody['status'], run: Run, now: number, reason?: StopReason): StoredEvent {
    return this.#log.append(statusOf(status, run, reason), now);
  }
}
