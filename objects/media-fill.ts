import { DurableObject } from 'cloudflare:workers';
import { logWarning } from '../src/lib/log';
import type { MediaAsset } from '../src/media/asset';
import { mediaDeps } from '../src/media/deps';
import { fillIfIdle } from '../src/media/fill';
import type { FillAnswer, FillVerdict, MediaFillRpc, PassAnswer } from '../src/media/fill-rpc';
import { FillTurns } from '../src/media/fill-turns';
import { currentSettings } from '../src/store/settings-cache';

/** The asset that is to be filled. */
const JOB = 'job';
/** Base of links, which a fill makes none of. */
const NO_REQUEST = 'https://fill.internal/';

/**
 * One object of the cache while it is filled, across isolates: who asks upstream for it is decided in
 * memory. A fill without a client runs here, inside `alarm()`, which may take 15 minutes and is repeated
 * if the object dies; a request's own background work ends half a minute after its answer.
 */
export class MediaFill extends DurableObject<Env> implements MediaFillRpc {
  readonly #turns = new FillTurns(Date.now);

  async claim(fillerId: string, termMs: number, waitMs: number): Promise<FillAnswer> {
    return this.#turns.claim(fillerId, termMs, waitMs);
  }

  async renew(fillerId: string, termMs: number): Promise<boolean> {
    return this.#turns.renew(fillerId, termMs);
  }

  async report(fillerId: string, verdict: FillVerdict): Promise<void> {
    this.#turns.report(fillerId, verdict);
  }

  async handOver(fillerId: string, asset: MediaAsset): Promise<void> {
    this.#turns.giveUp(fillerId);
    await this.fillLater(asset);
  }

  async pass(readerId: string, termMs: number, waitMs: number): Promise<PassAnswer> {
    return this.#turns.pass(readerId, termMs, waitMs);
  }

  async endPass(readerId: string): Promise<void> {
    this.#turns.endPass(readerId);
  }

  async tooLarge(): Promise<void> {
    this.#turns.tooLarge();
  }

  async fillLater(asset: MediaAsset): Promise<void> {
    if (this.#turns.isFilling) return;
    await this.fillAfter(asset, 0);
  }

  async fillAfter(asset: MediaAsset, delayMs: number): Promise<void> {
    const { storage } = this.ctx;
    if (this.#turns.isUncached) return;
    const at = Date.now() + delayMs;
    const planned = await storage.getAlarm();
    if (planned !== null && planned <= at) return;
    storage.kv.put(JOB, asset);
    await storage.setAlarm(at);
  }

  override async alarm(): Promise<void> {
    const { storage } = this.ctx;
    const asset = storage.kv.get<MediaAsset>(JOB);
    try {
      const { settings } = await currentSettings(this.env.DB);
      const deps = mediaDeps(this.env, (work) => this.ctx.waitUntil(work), settings, NO_REQUEST);
      if (asset !== undefined) await fillIfIdle(deps, asset, this);
    } catch (error) {
      // Whoever reads next asks again.
      logWarning('media_fill_failed', { error });
    }
    await storage.deleteAll();
  }
}
