import type { ErrorCode } from '../contract/errors';

/** How a fill ended. `uncached`: the object cannot be stored and is read through. */
export type FillVerdict =
  | { readonly state: 'done' }
  | { readonly state: 'uncached' }
  | {
      readonly state: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly retryAfterS: number | null;
    };

/** `fill`: the caller fetches the object, and says what came of it. */
export type FillAnswer = { readonly state: 'fill' } | FillVerdict;

/** RPC surface of `objects/media-fill.ts`, one object per name in the cache. */
export interface MediaFillRpc {
  /**
   * Asks to fill. While another does, waits for its word, at most `waitMs`, and then says `uncached`.
   * A filler not heard of for its term is taken for dead: the next in line fills.
   */
  claim(fillerId: string, termMs: number, waitMs: number): Promise<FillAnswer>;
  /** Lengthens the filler's term. @returns false when it is no longer the filler. */
  renew(fillerId: string, termMs: number): Promise<boolean>;
  report(fillerId: string, verdict: FillVerdict): Promise<void>;
}
