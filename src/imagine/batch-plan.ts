import { TERM_GRACE_MS } from '../config';
import type { Settings } from '../contract/settings';
import { AppError } from '../errors';
import { SECOND_MS } from '../lib/time';
import type { WatchLimits } from '../calls/watch';
import { findModel, type Generations, listModels } from '../models/catalog';
import { unitsFor, withImageMethod } from '../models/grok-media-models';
import type { ModelSpec, QuotaKind } from '../models/model-spec';
import type { Ask } from '../pool/call';
import type { DrawTask } from '../providers/provider';
import { MAX_BATCH_MS } from './limits';
import type { Run } from './session-state';

/**
 * The row that a session draws with; without a name the newest that is not the dearer one.
 * @throws AppError `model_not_found` when there is none that draws over the Imagine socket.
 */
export function imagineModel(name: string | null, generations: Generations): ModelSpec {
  const found =
    name === null
      ? listModels(generations).map(overSocket).filter(drawsOverSocket).sort(plainFirst)[0]
      : [findModel(name, generations)].filter((row) => row !== null).map(overSocket)[0];
  if (found === undefined || !drawsOverSocket(found)) {
    throw new AppError('model_not_found', 'There is no such model for an Imagine session.', {
      param: 'model',
    });
  }
  return found;
}

/** Whether a session can draw with this row. */
export function canImagine(model: ModelSpec): boolean {
  return drawsOverSocket(overSocket(model));
}

/** A session is a socket: rows that can draw over it do, whatever the setting says of single requests. */
function overSocket(model: ModelSpec): ModelSpec {
  return withImageMethod(model, 'imagine_ws_experimental');
}

function drawsOverSocket({ media }: ModelSpec): boolean {
  return media?.task === 'draw' && media.way === 'imagine';
}

/** The newest generation first, and within it the plain row before the dearer one. */
function plainFirst(a: ModelSpec, b: ModelSpec): number {
  return rankOf(b) - rankOf(a);
}

function rankOf({ media, generation }: ModelSpec): number {
  const isPlain = media?.task !== 'draw' || media.pro !== true;
  return Number(generation?.slice(1) ?? 0) * 2 + (isPlain ? 1 : 0);
}

/** What the pool is asked for one batch. */
export function batchAsk(
  batch: {
    readonly callId: string;
    readonly run: Run;
    readonly model: ModelSpec;
    readonly keyVersion: number;
    readonly settingsVersion: number;
    readonly metered: boolean;
    /** Batches of one session prefer one credential, whose socket is still open. */
    readonly affinity: string;
  },
  settings: Settings,
): Ask {
  const { run, model, ...ids } = batch;
  return {
    callId: ids.callId,
    keyId: run.keyId,
    keyVersion: ids.keyVersion,
    settingsVersion: ids.settingsVersion,
    model: model.id,
    kind: 'image',
    ip: run.ip,
    provider: model.provider,
    tiers: model.tiers,
    bucket: model.bucket,
    units: unitsFor(model, run.n),
    metered: ids.metered,
    charges: pictures(model, run.n),
    stream: true,
    termMs: totalMs(settings) + TERM_GRACE_MS,
    affinity: ids.affinity,
  };
}

/** What so many pictures take of the key's day. */
export function pictures(
  { charges }: ModelSpec,
  n: number,
): Readonly<Partial<Record<QuotaKind, number>>> {
  return { image: (charges.image ?? 1) * n };
}

export function batchTask(run: Run, settings: Settings): DrawTask {
  return {
    prompt: run.prompt,
    n: run.n,
    ratio: run.ratio,
    concurrency: 1,
    images: [],
    enableNsfw: settings.images.enable_nsfw,
  };
}

/** The waits of a batch; its clients are kept alive by the session, not by the call. */
export function batchLimits(settings: Settings): WatchLimits {
  const { stream } = settings;
  return {
    firstPartMs: stream.first_part_s * SECOND_MS,
    idleMs: stream.idle_s * SECOND_MS,
    totalMs: totalMs(settings),
    headMs: null,
    beatMs: null,
  };
}

function totalMs({ images }: Settings): number {
  return Math.min(images.total_s * SECOND_MS, MAX_BATCH_MS);
}
