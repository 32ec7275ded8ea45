import type { ErrorCode } from '../contract/errors';
import type { MediaAsset } from './asset';

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

/** `pass`: the caller reads its range from upstream, and says when it has ended. */
export type PassAnswer = { readonly state: 'pass' } | FillVerdict;

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
  /** The filler will not live to the end: who waits begins anew, or else the object itself, at once. */
  handOver(fillerId: string, asset: MediaAsset): Promise<void>;
  /**
   * Asks to read a range of what is not cached yet. A few read at once; others wait for one of them to
   * end, or for the fill, at most `waitMs`, and then hear `uncached`, as all do while the object is
   * known not to be storable. A pass ends by itself after its term.
   */
  pass(readerId: string, termMs: number, waitMs: number): Promise<PassAnswer>;
  endPass(readerId: string): Promise<void>;
  /** Fills without a client, beyond the life of the request that asks, unless a fill is under way. */
  fillLater(asset: MediaAsset): Promise<void>;
  /** The same after a while, unless it has been filled by then. */
  fillAfter(asset: MediaAsset, delayMs: number): Promise<void>;
  /** The object is larger than any place there is: ranges need no turn for a while. */
  tooLarge(): Promise<void>;
}
