import type { MediaLoan, MediaRefusal } from '../../src/pool/rpc';
import type { Pool } from './core';

interface Loan {
  readonly tokenId: string;
  /** Unix ms. */
  readonly until: number;
}

/**
 * Credentials lent for reading their own assets. Nothing is counted and nothing is stored: a restart
 * forgets the loans, whose readers end by themselves.
 */
export class MediaLoans {
  readonly #loans = new Map<string, Loan>();
  readonly #open = new Map<string, number>();

  lend(pool: Pool, tokenId: string, loanId: string, termMs: number): MediaLoan | MediaRefusal {
    const { state } = pool;
    this.#endOverdue(state.now);
    const slot = pool.directory.slotOf({ id: tokenId });
    if (slot === null || !state.tokens.isLive(slot)) return { ok: false, code: 'gone' };
    const isKnown = this.#loans.has(loanId);
    const open = this.#open.get(tokenId) ?? 0;
    if (!isKnown && open >= state.settings.mediaInFlight) return { ok: false, code: 'busy' };
    if (!isKnown) this.#open.set(tokenId, open + 1);
    this.#loans.set(loanId, { tokenId, until: state.now + termMs });
    const { sealed } = pool.directory.textOf(slot);
    return { ok: true, sealedSecret: sealed, egress: pool.egress.ref(state.now) };
  }

  /** Unknown ids change nothing. */
  end(loanIds: readonly string[]): void {
    for (const id of loanIds) {
      const loan = this.#loans.get(id);
      if (loan === undefined) continue;
      this.#loans.delete(id);
      const left = (this.#open.get(loan.tokenId) ?? 1) - 1;
      if (left > 0) this.#open.set(loan.tokenId, left);
      else this.#open.delete(loan.tokenId);
    }
  }

  #endOverdue(now: number): void {
    const overdue: string[] = [];
    for (const [id, loan] of this.#loans) if (loan.until <= now) overdue.push(id);
    this.end(overdue);
  }
}
