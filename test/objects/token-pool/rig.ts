import { PoolCore } from '../../../objects/token-pool/core';
import { sumPool } from '../../../objects/token-pool/overview';
import { DEFAULT_POOL_SETTINGS } from '../../../objects/token-pool/settings';
import type { OutcomeKind } from '../../../src/contract/usage';
import type { Ask, Lease, Settlement } from '../../../src/pool/call';
import type { SupplyOverview } from '../../../src/pool/figures';
import type { KeyLimits } from '../../../src/pool/key';
import type { PoolSettings } from '../../../src/pool/settings';
import type { NewToken, TokenView } from '../../../src/pool/token';
import { openDatabase } from '../../walk/sqlite-port';
import { askOf } from '../../pool/ask';

/** 2026-11-20 12:00 UTC, 20:00 in the default zone of the quota day. */
export const NOON = Date.UTC(2026, 10, 20, 12);

/** A pool over real SQLite, its time in the test's hands. */
export class Rig {
  now = NOON;
  core: PoolCore;
  readonly #database = openDatabase();
  #readings = 0;
  #calls = 0;

  constructor(settings: Partial<PoolSettings> = {}) {
    this.core = this.#open();
    this.core.configure({ ...DEFAULT_POOL_SETTINGS, version: 1, ...settings }, this.now);
    this.key();
  }

  /** What a crash leaves: everything up to the last commit. */
  crash(): void {
    this.core = this.#open();
  }

  #open(): PoolCore {
    const { sql, transaction } = this.#database;
    return new PoolCore(
      // SAFETY: the walk's adapter has the same method; its row type is not bound.
      {
        name: 'main',
        sql: sql as never,
        transaction,
        randomId: () => `reading ${this.#readings++}`,
      },
      this.now,
    );
  }

  /** Puts a row into the journal, as a commit had written it, and starts again from it. */
  startAfter(body: object): void {
    this.core.commit();
    const { sql } = this.#database;
    const [last] = sql.exec<{ seq: number }>('SELECT max(seq) AS seq FROM journal').toArray();
    const seq = (last?.seq ?? 0) + 1;
    sql.exec('INSERT INTO journal (seq, body) VALUES (?1, ?2)', seq, JSON.stringify(body));
    this.crash();
  }

  key(limits: Partial<KeyLimits> = {}): void {
    this.core.putKey(
      {
        id: 'key',
        version: 1,
        enabled: true,
        deleted: false,
        expiresAt: null,
        models: null,
        ips: null,
        rpm: null,
        concurrency: null,
        perDay: { chat: null, heavy: null, image: null, video: null },
        ...limits,
      },
      this.now,
    );
  }

  /** Daily limit of chats for the key, by an edit. */
  chatsPerDay(chat: number, version = 2): void {
    this.key({ version, perDay: { chat, heavy: null, image: null, video: null } });
  }

  tokens(count: number, remaining: number | null, over: Partial<NewToken> = {}): void {
    const first = this.core.summary(this.now).tokens;
    this.core.importTokens(
      Array.from({ length: count }, (_, n) => ({
        id: `tok_${first + n}`,
        provider: 'grok-web',
        tier: 'basic' as const,
        sealedSecret: `sealed ${first + n}`,
        fingerprint: `fingerprint ${first + n}`,
        mask: `mask ${first + n}`,
        ...(remaining === null ? {} : { buckets: [{ name: 'grok-4', remaining }] }),
        ...over,
      })),
      this.now,
    );
  }

  ask(over: Partial<Ask> = {}): Ask {
    return askOf({ callId: `call ${this.#calls++}`, keyId: 'key', settingsVersion: 1, ...over });
  }

  /** @throws Error when the call is refused. */
  lease(over: Partial<Ask> = {}): Lease {
    const reply = this.core.admit(this.ask(over), this.now);
    if (!reply.ok) throw new Error(`refused: ${reply.code}`);
    return reply.lease;
  }

  /** The code of a refusal; `admitted` when there is none. */
  refusal(over: Partial<Ask> = {}): string {
    const reply = this.core.admit(this.ask(over), this.now);
    return reply.ok ? 'admitted' : reply.code;
  }

  ended(lease: Lease, outcome: OutcomeKind, over: Partial<Settlement> = {}): Settlement {
    return {
      callId: lease.callId,
      attempt: lease.attempt,
      outcome,
      clientEmpty: outcome !== 'done' && outcome !== 'partial' && outcome !== 'aborted',
      record: { status: 200, error: null, firstPartMs: null, usage: null },
      ...over,
    };
  }

  settle(lease: Lease, outcome: OutcomeKind, over: Partial<Settlement> = {}): void {
    this.core.settle([this.ended(lease, outcome, over)], this.now);
  }

  /** One whole call: admitted and ended. */
  call(outcome: OutcomeKind, over: Partial<Settlement> = {}): Lease {
    const lease = this.lease();
    this.settle(lease, outcome, over);
    return lease;
  }

  /** Tokens by provider and tier as they are now, without the five seconds that sums are good for. */
  supply(): readonly SupplyOverview[] {
    this.core.advance(this.now);
    for (const steps = sumPool(this.core.state); ;) {
      const step = steps.next();
      if (step.done === true) return step.value.supply;
    }
  }

  token(id = 'tok_0'): TokenView {
    const [view] = this.core.findTokens([{ id }], this.now);
    if (view === undefined) throw new Error(`no token ${id}`);
    return view;
  }

  bucket(id = 'tok_0', name = 'grok-4') {
    const view = this.token(id).buckets.find((bucket) => bucket.name === name);
    if (view === undefined) throw new Error(`no bucket ${name}`);
    return view;
  }

  chats() {
    const [status] = this.core.keyStatus(['key'], this.now);
    if (status === undefined) throw new Error('no key');
    return status.perDay.chat;
  }

  /** Records of everything that ended so far. */
  records() {
    return this.core.drain(this.now).flatMap((batch) => batch.records);
  }

  /** Runs the alarm as the object does: commit, then hand out. */
  alarm() {
    const work = this.core.alarm(this.now);
    this.core.commit();
    return work;
  }
}
