import { toAppError } from '../errors';
import { newCallId } from '../lib/ids';
import type { MediaAsset } from './asset';
import type { MediaDeps } from './deps';
import type { FillAnswer, FillVerdict, MediaFillRpc } from './fill-rpc';
import { FILL_RENEW_MS, FILL_TERM_MS } from './limits';

/** Asks for the right to fill; what `answer` says otherwise is another's word. */
export async function claimFill(
  deps: MediaDeps,
  name: string,
  waitMs: number,
  stub: MediaFillRpc = fillStub(deps, name),
): Promise<{ readonly answer: FillAnswer; readonly claim: Claim }> {
  const fillerId = newCallId();
  const answer = await stub.claim(fillerId, FILL_TERM_MS, waitMs);
  return { answer, claim: new Claim(deps, stub, fillerId) };
}

/** The object that says who fills. */
export function fillStub({ fills }: Pick<MediaDeps, 'fills'>, name: string): MediaFillRpc {
  return fills.get(fills.idFromName(name));
}

type ClaimDeps = Pick<MediaDeps, 'now' | 'waitUntil'>;
type ClaimStub = Pick<MediaFillRpc, 'renew' | 'report' | 'handOver'>;

/** The right to fill, and the duty to say what came of it. */
export class Claim {
  readonly #deps: ClaimDeps;
  readonly #stub: ClaimStub;
  readonly #fillerId: string;
  #renewedAt: number;

  constructor(deps: ClaimDeps, stub: ClaimStub, fillerId: string) {
    this.#deps = deps;
    this.#stub = stub;
    this.#fillerId = fillerId;
    this.#renewedAt = deps.now();
  }

  /** Called while bytes come; speaks up now and then. */
  keep(): void {
    const now = this.#deps.now();
    if (now - this.#renewedAt < FILL_RENEW_MS) return;
    this.#renewedAt = now;
    this.#say(this.#stub.renew(this.#fillerId, FILL_TERM_MS));
  }

  /** Speaks up while something is waited for that takes longer than a term may. */
  async during<T>(work: Promise<T>): Promise<T> {
    const beat = setInterval(() => this.keep(), FILL_RENEW_MS);
    try {
      return await work;
    } finally {
      clearInterval(beat);
    }
  }

  report(verdict: FillVerdict): void {
    this.#say(this.#stub.report(this.#fillerId, verdict));
  }

  /** Others begin anew. */
  handOver(asset: MediaAsset): void {
    this.#say(this.#stub.handOver(this.#fillerId, asset));
  }

  fail(thrown: unknown): void {
    const { code, message, detail } = toAppError(thrown);
    this.report({ state: 'failed', code, message, retryAfterS: detail.retryAfterS ?? null });
  }

  /** Unheard, the claim runs out by itself. */
  #say(told: Promise<unknown>): void {
    this.#deps.waitUntil(told.catch(() => undefined));
  }
}
