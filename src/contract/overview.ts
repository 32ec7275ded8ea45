import * as z from 'zod';

/** Answer of `GET overview`: the pool at this moment. Times are Unix ms. */
export interface PoolOverview {
  /** Calls that hold a credential. */
  readonly open_calls: number;
  readonly tokens: number;
  readonly supply: readonly {
    readonly provider: string;
    readonly tier: 'basic' | 'super' | 'heavy';
    readonly live: number;
    /** Can serve a chat now: those that have nothing left are `exhausted`. */
    readonly active: number;
    readonly exhausted: number;
    readonly cooling: number;
    readonly expired: number;
    readonly disabled: number;
    /** Units that its active tokens are known to have left for chats. */
    readonly chat_free: number;
  }[];
  readonly breakers: readonly OpenBreaker[];
  /** What live tokens have left, in units. */
  readonly buckets: readonly {
    readonly provider: string;
    readonly tier: 'basic' | 'super' | 'heavy';
    readonly bucket: string;
    readonly known: number;
    readonly spent: number;
    readonly unknown: number;
    /** Of the tokens that do not cool down as a whole: nothing is left here, or the bucket cools down. */
    readonly blocked: number;
    readonly free: number;
    readonly limit: number;
    readonly returns_at: number | null;
  }[];
}

/** Failures of several credentials alike hold calls back, and blame none. Unix ms. */
export interface OpenBreaker {
  /** `provider/model`, or `provider/readings`. */
  readonly name: string;
  readonly since: number;
  readonly cause: 'revoked' | 'banned' | 'faulty';
  /** One call, or reading, is let through from then on; its answer decides. */
  readonly until: number;
}

/** `POST breakers/close`: these shared failures are over, an operator says. */
export const BreakersClose = z.object({ names: z.array(z.string().max(300)).min(1).max(200) });

/** Answer of `POST breakers/close`: how many of them were open. */
export interface BreakersClosed {
  readonly status: 'success';
  readonly closed: number;
}
