import type { MediaLoan, MediaRefusal } from '../../src/pool/rpc';
import type { Pool } from './core';

export interface MediaLoanAsk {
  readonly tokenId: string;
  readonly loanId: string;
  readonly termMs: number;
  /** It may take long: of such loans a credential has fewer than it has in all. */
  readonly isLong: boolean;
}

interface Loan {
  readonly tokenId: string;
  readonly isLong: boolean;
  /** Unix ms. */
  readonly until: number;
}

/** Loans of one credential. */
interface Open {
  readonly all: number;
  readonly long: number;
}

const NONE: Open = { all: 0, long: 0 };

/** Of a credential's reads, the part that videos may take: however many download them, pictures are read. */
const LONG_SHARE = 3 / 4;

function hasRoom(open: Open, isLong: boolean, limit: number): boolean {
  if (open.all >= limit) return false;
  return !isLong || open.long < Math.max(1, Math.floor(limit * LONG_SHARE));
}

/**
 * Credentials lent for reading their own assets. Nothing is counted and nothing is stored: a restart
 * forgets the loans, whose readers end by themselves.
 */
export class MediaLoans {
  readonly #loans = new Map<string, Loan>();
  readonly #open = new Map<string, Open>();

  lend(pool: Pool, loan: MediaLoanAsk): MediaLoan | MediaRefusal {
    const { tokenId, loanId, termMs, isLong } = loan;
    const { state } = pool;
    this.#endOverdue(state.now);
    const slot = pool.directory.slotOf({ id: tokenId });
    if (slot === null || !state.tokens.isLive(slot)) return { ok: false, code: 'gone' };
    const isKnown = this.#loans.has(loanId);
    const open = this.#open.get(tokenId) ?? NONE;
    if (!isKnown && !hasRoom(open, isLong, state.settings.mediaInFlight)) {
      return { ok: false, code: 'busy' };
    }
    if (!isKnown) this.#count(tokenId, isLong, 1);
    this.#loans.set(loanId, { tokenId, isLong, until: state.now + termMs });
    const { sealed } = pool.directory.textOf(slot);
    return { ok: true, sealedSecret: sealed, egress: pool.egress.ref(state.now) };
  }

  /** Unknown ids change nothing. */
  end(loanIds: readonly string[]): void {
    for (const id of loanIds) {
      const loan = this.#loans.get(id);
      if (loan === undefined) continue;
      this.#loans.delete(id);
      this.#count(loan.tokenId, loan.isLong, -1);
    }
  }

  #count(tokenId: string, isLong: boolean, change: 1 | -1): void {
    const open = this.#open.get(tokenId) ?? NONE;
    const all = open.all + change;
    if (all > 0) this.#open.set(tokenId, { all, long: open.long + (isLong ? change : 0) });
    else this.#open.delete(tokenId);
  }

  #endOverdue(now: number): void {
    const overdue: string[] = [];
    for (const [id, loan] of this.#loans) if (loan.until <= now) overdue.push(id);
    this.end(overdue);
  }
}
