import { DurableObject } from 'cloudflare:workers';
import type { UsageBatch } from '../src/contract/usage';
import type { AdmitReply, Ask, RequestAsk, RequestReply, Settlement } from '../src/pool/call';
import type { PoolSummary } from '../src/pool/figures';
import type { KeyLimits } from '../src/pool/key';
import type { Probe, ProbeResult } from '../src/pool/reading';
import type { TokenPoolRpc } from '../src/pool/rpc';
import type { PoolSettings } from '../src/pool/settings';
import type {
  ImportCandidate,
  NewToken,
  TokenPatch,
  TokenQuery,
  TokenRef,
} from '../src/pool/token';
import { logError } from '../src/lib/log';
import { dayOffsetMinutes } from '../src/settings/pool-settings';
import { CommitQueue } from './lib/commit-queue';
import { PoolCore } from './token-pool/core';
import type { SqlPort } from './token-pool/ports';

/** So many tokens of an import are followed by a pause of a millisecond, which admissions have for themselves. */
const TOKENS_PER_PAUSE_MS = 6;

/** Alarms closer together than this are one. */
const ALARM_SLACK_MS = 50;

/**
 * Lends credentials, one per call, and takes them back. All rules are in `token-pool/`; this is their
 * wiring: storage, the commit queue, the alarm, and what leaves after a commit.
 */
export class TokenPool extends DurableObject<Env> implements TokenPoolRpc {
  readonly #core: PoolCore;
  readonly #commits: CommitQueue;
  /** The look at all tokens that is under way. */
  #summary: Promise<PoolSummary> | null = null;
  /** Unix ms the alarm is set to; null when it is not. */
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { storage } = ctx;
    this.#core = new PoolCore(
      {
        name: ctx.id.name ?? 'main',
        // SAFETY: the port is the same method, its row type not bound to the platform's.
        sql: storage.sql as unknown as SqlPort,
        transaction: (run) => storage.transactionSync(run),
        randomId: () => crypto.randomUUID(),
      },
      Date.now(),
    );
    this.#goByTheVar();
    this.#commits = new CommitQueue({
      commit: () => this.#core.commit(),
      sync: () => storage.sync(),
      wait: (ms) => scheduler.wait(ms),
      failed: () => ctx.abort('a commit failed: the pool starts again from storage'),
      committed: () => this.#afterCommit(),
    });
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await storage.getAlarm();
      this.#armAlarm();
    });
  }

  async admit(
    asks: readonly Ask[],
    settled: readonly Settlement[],
  ): Promise<readonly AdmitReply[]> {
    const now = Date.now();
    this.#core.settle(settled, now);
    const replies = asks.map((ask) => this.#core.admit(ask, now));
    await this.#durable(asks.length);
    return replies;
  }

  async takeRequest(ask: RequestAsk): Promise<RequestReply> {
    return this.#after(this.#core.takeRequest(ask, Date.now()));
  }

  async retry(ended: Settlement): Promise<AdmitReply> {
    return this.#after(this.#core.retry(ended, Date.now()));
  }

  async settle(settled: readonly Settlement[]): Promise<void> {
    this.#core.settle(settled, Date.now());
    await this.#durable();
  }

  async extend(callId: string, attempt: number, addMs: number): Promise<boolean> {
    return this.#after(this.#core.extend(callId, attempt, addMs, Date.now()));
  }

  async lendForMedia(tokenId: string, loanId: string, termMs: number, isLong = false) {
    return this.#core.lendForMedia(tokenId, loanId, termMs, Date.now(), isLong);
  }

  async returnMedia(loanIds: readonly string[]): Promise<void> {
    this.#core.returnMedia(loanIds);
  }

  async putKey(key: KeyLimits) {
    return this.#after(this.#core.putKey(key, Date.now()));
  }

  async keyStatus(keyIds: readonly string[]) {
    return this.#core.keyStatus(keyIds, Date.now());
  }

  async exhaustedKeys() {
    return this.#inSteps(this.#core.exhaustedKeySteps(Date.now()));
  }

  async configure(settings: PoolSettings): Promise<void> {
    this.#core.configure(settings, Date.now());
    await this.#durable();
  }

  async countRefusal(keyId: string, code: string): Promise<void> {
    this.#core.countRefusal(keyId, code, Date.now());
    this.#armAlarm();
  }

  async importTokens(tokens: readonly NewToken[], ifVersion?: number, editId?: string) {
    const result = await this.#after(
      this.#core.importTokens(tokens, Date.now(), ifVersion, editId),
    );
    // The importer sends its next tokens when it has this reply.
    const pauseMs = Math.floor(tokens.length / TOKENS_PER_PAUSE_MS);
    if (pauseMs > 0) await scheduler.wait(pauseMs);
    return result;
  }

  async checkImport(tokens: readonly ImportCandidate[]) {
    return this.#core.checkImport(tokens);
  }

  async listTokens(query: TokenQuery) {
    await this.#durable();
    return this.#inSteps(this.#core.listSteps(query, Date.now()));
  }

  async findTokens(refs: readonly TokenRef[]) {
    return this.#core.findTokens(refs, Date.now());
  }

  async updateTokens(refs: readonly TokenRef[], patch: TokenPatch) {
    return this.#after(this.#core.updateTokens(refs, patch, Date.now()));
  }

  async deleteTokens(refs: readonly TokenRef[], ifVersion?: number, editId?: string) {
    return this.#after(this.#core.deleteTokens(refs, Date.now(), ifVersion, editId));
  }

  async tags() {
    return this.#core.tags();
  }

  async sealedSecrets(ids: readonly string[]) {
    return this.#core.sealedSecrets(ids);
  }

  async beginReadings(ids: readonly string[], buckets: readonly string[]) {
    return this.#after(this.#core.beginReadings(ids, buckets, Date.now()));
  }

  async report(results: readonly ProbeResult[]) {
    return this.#after(this.#core.report(results, Date.now()));
  }

  async closeBreakers(names: readonly string[]) {
    return this.#core.closeBreakers(names, Date.now());
  }

  async stats() {
    return this.#core.stats(Date.now());
  }

  /** However many ask at once, one looks. */
  async summary() {
    this.#summary ??= this.#inSteps(this.#core.summarySteps(Date.now())).finally(() => {
      this.#summary = null;
    });
    return this.#summary;
  }

  async verify() {
    await this.#durable();
    const now = Date.now();
    this.#core.advance(now);
    // Time, or another call, may have changed memory since: what changed is committed here and now.
    this.#commits.commitNow();
    return this.#core.verify(now);
  }

  async drain(): Promise<readonly UsageBatch[]> {
    const batches = this.#core.drain(Date.now());
    await this.#durable();
    this.#send(batches);
    return batches;
  }

  async ack(batchIds: readonly string[]): Promise<void> {
    this.#core.ack(batchIds, Date.now());
    await this.#durable();
  }

  async tick(): Promise<void> {
    this.#alarmAt = await this.ctx.storage.getAlarm();
    this.#armAlarm();
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      const { batches, probes, failures } = this.#core.alarm(Date.now());
      for (const error of failures) logError('pool_alarm_task_failed', { error });
      await this.#durable();
      this.#send(batches);
      this.#probe(probes);
    } finally {
      this.#armAlarm();
    }
  }

  /** The var may change with a deployment, without any edit of the settings. */
  #goByTheVar(): void {
    const offset = dayOffsetMinutes(this.env);
    this.#core.configure({ ...this.#core.state.settings, dayOffsetMinutes: offset }, Date.now());
  }

  /** A look at many tokens: between its steps the object serves who waits. */
  async #inSteps<T>(steps: Generator<undefined, T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await scheduler.wait(0);
    }
  }

  /** A reply that may leave once what it says is durable. */
  async #after<T>(reply: T): Promise<T> {
    await this.#durable();
    return reply;
  }

  async #durable(callers = 1): Promise<void> {
    if (this.#core.hasChanges) await this.#commits.committed(callers);
  }

  #afterCommit(): void {
    if (this.#core.outbox.hasUnsent) this.#send(this.#core.outbox.takeDue());
    this.#armAlarm();
  }

  /** Sets the alarm when something is due earlier than it. A row a call: slack keeps them few. */
  #armAlarm(): void {
    const due = this.#core.nextAlarm();
    if (due === null) return;
    const at = Math.max(due, Date.now() + ALARM_SLACK_MS);
    if (this.#alarmAt !== null && this.#alarmAt <= at + ALARM_SLACK_MS) return;
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  /** Not awaited: a batch that does not arrive is sent again. */
  #send(batches: readonly UsageBatch[]): void {
    for (const batch of batches) {
      this.ctx.waitUntil(this.env.USAGE_QUEUE.send(batch).catch(() => undefined));
    }
  }

  /** Hands readings to a Worker: this object never waits for an upstream. */
  #probe(probes: readonly Probe[]): void {
    if (probes.length === 0) return;
    const { ProbeRunner } = this.ctx.exports;
    this.ctx.waitUntil(ProbeRunner.run(this.#core.state.ports.name, probes).catch(() => undefined));
  }
}
