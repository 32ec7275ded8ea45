import type { OpenBreaker } from '../../src/contract/overview';
import { at } from './columns';
import type { OpenLease } from './leases';
import { type HealthSnapshot, type Penalty, penalise, restore, snapshot } from './health';
import type { PoolState } from './state';

/**
 * Who is to blame. One call penalises at most one credential until another call confirms; the same
 * failure on several credentials within a short time has a shared cause and is blamed on none.
 * In memory only: after a restart a failing provider opens its breaker again by itself.
 */

interface Failure {
  readonly slot: number;
  readonly at: number;
  readonly penalty: Penalty;
  /** Health before and after the penalty; null when none was given. */
  readonly change: { readonly before: HealthSnapshot; readonly after: HealthSnapshot } | null;
}

interface Breaker {
  failures: Failure[];
  isOpen: boolean;
  openedAt: number;
  /** What failed alike when it opened. */
  cause: Penalty;
  nextTrialAt: number;
}

const MAX_FAILURES = 256;
const MAX_SUSPECTS = 10_000;

/** Calls that fail for the same reason are counted together. */
export const scopeOf = (call: { readonly provider: string; readonly model: string }): string =>
  `${call.provider}/${call.model}`;

/** Readings of a provider, whatever bucket they are of. */
const readingsOf = (provider: string): string => `${provider}/readings`;

const providerOf = (state: PoolState, slot: number): string =>
  state.nameOf(at(state.tokens.stored.fields.provider, slot));

const newBreaker = (cause: Penalty): Breaker => ({
  failures: [],
  isOpen: false,
  openedAt: 0,
  cause,
  nextTrialAt: 0,
});

export class Blame {
  readonly #breakers = new Map<string, Breaker>();
  /** Failures that were not punished, by slot: a second call makes them count. */
  readonly #suspects = new Map<number, { readonly callId: string; readonly penalty: Penalty }>();

  /** Ms until a trial is due; 0 lets a call through. Takes nothing. */
  waitMs(scope: string, now: number): number {
    const breaker = this.#breakers.get(scope);
    return breaker?.isOpen === true ? Math.max(0, breaker.nextTrialAt - now) : 0;
  }

  /** A call was let through; while the breaker is open it is the trial. */
  passed(scope: string, now: number, trialMs: number): void {
    const breaker = this.#breakers.get(scope);
    if (breaker?.isOpen === true) breaker.nextTrialAt = now + trialMs;
  }

  /** Upstream has served: whatever it was, it is over. */
  succeeded(scope: string): void {
    this.#breakers.delete(scope);
  }

  /**
   * Upstream has answered a call, if not as it was asked: enough to close a breaker that was open when
   * the call was admitted, too little to forget failures that may yet add up.
   */
  answered(scope: string, admittedAt: number): void {
    const breaker = this.#breakers.get(scope);
    if (breaker?.isOpen === true && breaker.openedAt < admittedAt) this.#breakers.delete(scope);
  }

  forgive(slot: number): void {
    this.#suspects.delete(slot);
  }

  /** Open breakers, for the panel. */
  open(): OpenBreaker[] {
    return [...this.#breakers]
      .filter(([, breaker]) => breaker.isOpen)
      .map(([name, { openedAt, cause, nextTrialAt }]) => ({
        name,
        since: openedAt,
        cause,
        until: nextTrialAt,
      }));
  }

  /** An operator's word that the trouble is over: those that are open let calls through. @returns how many */
  close(names: readonly string[]): number {
    const open = names.filter((name) => this.#breakers.get(name)?.isOpen === true);
    return open.filter((name) => this.#breakers.delete(name)).length;
  }

  /** A failure of one attempt: punishes its credential, or keeps it in mind, or opens the breaker. */
  failed(state: PoolState, lease: OpenLease, penalty: Penalty, reason: string): void {
    this.#count(state, scopeOf(lease), lease.slot, penalty, () => {
      if (!this.#mayPunish(lease, penalty)) return false;
      lease.penalised = true;
      penalise(state, lease.slot, penalty, reason);
      return true;
    });
  }

  /**
   * A reading was refused. Readings are counted beside the calls, by provider; while any breaker of the
   * provider is open, what its readings say is no word on a credential.
   * @param punish what the failure costs the credential. @returns whether it did.
   */
  readingFailed(state: PoolState, slot: number, penalty: Penalty, punish: () => boolean): void {
    const provider = providerOf(state, slot);
    for (const [scope, breaker] of this.#breakers) {
      if (breaker.isOpen && scope.startsWith(`${provider}/`)) return;
    }
    this.#count(state, readingsOf(provider), slot, penalty, punish);
  }

  /** A reading came back: the provider reads its credentials. */
  readingSucceeded(state: PoolState, slot: number): void {
    this.succeeded(readingsOf(providerOf(state, slot)));
  }

  #count(
    state: PoolState,
    scope: string,
    slot: number,
    penalty: Penalty,
    punish: () => boolean,
  ): void {
    const breaker = this.#breakers.get(scope) ?? newBreaker(penalty);
    this.#breakers.set(scope, breaker);
    if (breaker.isOpen) return;
    const { breakerWindowMs, breakerCredentials, breakerTrialMs } = state.settings;
    const recent = breaker.failures.filter((failure) => failure.at > state.now - breakerWindowMs);
    const alike = recent.filter((failure) => failure.penalty === penalty);
    const slots = new Set(alike.map((failure) => failure.slot)).add(slot);
    if (slots.size >= breakerCredentials) {
      breaker.isOpen = true;
      breaker.openedAt = state.now;
      breaker.cause = penalty;
      breaker.nextTrialAt = state.now + breakerTrialMs;
      breaker.failures = [];
      // Newest first, so that a token punished twice ends with the health it began with.
      for (const failure of alike.reverse()) {
        if (failure.change === null) continue;
        restore(state, failure.slot, failure.change.before, failure.change.after);
      }
      return;
    }
    const before = snapshot(state, slot);
    const change = punish() ? { before, after: snapshot(state, slot) } : null;
    breaker.failures = [...recent.slice(-MAX_FAILURES), { slot, at: state.now, penalty, change }];
  }

  #mayPunish(lease: OpenLease, penalty: Penalty): boolean {
    const suspect = this.#suspects.get(lease.slot);
    const confirmed =
      suspect !== undefined && suspect.callId !== lease.callId && suspect.penalty === penalty;
    if (!lease.penalised || confirmed) {
      this.#suspects.delete(lease.slot);
      return true;
    }
    if (this.#suspects.size >= MAX_SUSPECTS) this.#suspects.clear();
    this.#suspects.set(lease.slot, { callId: lease.callId, penalty });
    return false;
  }
}
