import type { CallPool } from '../../src/calls/ports';
import { CallRun } from '../../src/calls/run-call';
import { callDeps, settingsNow } from '../../src/deps';
import { invalidKey } from '../../src/auth/api-key';
import { AppError } from '../../src/errors';
import {
  batchAsk,
  batchLimits,
  batchTask,
  imagineModel,
  pictures,
} from '../../src/imagine/batch-plan';
import { type BatchEnd, runBatch } from '../../src/imagine/run-batch';
import type { SessionBook } from '../../src/imagine/session-book';
import type { Run } from '../../src/imagine/session-state';
import { newCallId } from '../../src/lib/ids';
import { logWarning } from '../../src/lib/log';
import { sniffImage } from '../../src/egress/images';
import { mediaDeps } from '../../src/media/deps';
import { mediaLink } from '../../src/media/links';
import { storeMedia } from '../../src/media/write';
import type {
  HeldSockets,
  ImagePart,
  ImageProgressPart,
  ProviderErrorCode,
} from '../../src/providers/provider';
import { providerOf } from '../../src/providers/registry';
import { findKeyById } from '../../src/store/key-lookup';
import type { ModelSpec } from '../../src/models/model-spec';
import type { KeyLimits } from '../../src/pool/key';
import { currentSettings } from '../../src/store/settings-cache';
import type { VersionedSettings } from '../../src/store/settings-read';

/** What one batch needs of its session. */
export interface BatchPorts {
  readonly env: Env;
  readonly ctx: Pick<ExecutionContext, 'waitUntil'>;
  readonly book: SessionBook;
  /** Says which session this is, and to nobody outside what. */
  readonly affinity: string;
  readonly sockets: HeldSockets;
  /** The call can be stopped from now on. */
  readonly begun: (call: CallRun) => void;
  /** The link is stored with the event; the picture itself goes to those who asked for it. */
  readonly picture: (callId: string, url: string, base64: string | null) => boolean;
  readonly preview: (part: ImageProgressPart) => void;
  readonly missing: (code: ProviderErrorCode) => void;
}

/**
 * One admitted call that draws one batch of a run: its key is read afresh, its limits are the pool's to
 * enforce, and its books are kept by the session until the pool has heard them.
 * @throws AppError when the batch could not be asked for at all.
 */
export async function drawBatch(run: Run, ports: BatchPorts): Promise<BatchEnd> {
  const { env, book } = ports;
  const [versioned, key] = await Promise.all([
    currentSettings(env.DB),
    findKeyById(env.DB, run.keyId),
  ]);
  if (key === null) throw invalidKey();
  const model = imagineModel(run.model, versioned.settings.grok.generations);
  // Stopped while this was read.
  if (book.run?.id !== run.id) return { delivered: 0, failure: null };
  const callId = newCallId();
  const call = callOf({ callId, run, model, key, versioned }, ports);
  book.batchBegins(callId, Date.now());
  ports.begun(call);
  const sink = {
    picture: async (part: ImagePart) =>
      ports.picture(callId, await keep(run, part, call.tokenId, ports), part.base64 ?? null),
    preview: ports.preview,
    missing: ports.missing,
  };
  const end = await runBatch(call, sink, {
    limits: () => batchLimits(settingsNow()),
    charges: (delivered) => pictures(model, delivered),
  });
  book.batchEnds();
  return end;
}

interface Prepared {
  readonly callId: string;
  readonly run: Run;
  readonly model: ModelSpec;
  readonly key: KeyLimits;
  readonly versioned: VersionedSettings;
}

/** A call like any other, but for its settlement: that goes through the book. */
function callOf(prepared: Prepared, ports: BatchPorts): CallRun {
  const { env, ctx, book, affinity, sockets } = ports;
  const { callId, run, model, key, versioned } = prepared;
  const provider = providerOf(model.provider);
  // Nothing was presented here: the key is known by its id.
  const caller = { presented: '', key, version: key.version, readAt: Date.now() };
  const deps = callDeps(env, ctx, { request: new Request(run.origin), caller, model });
  const pool: CallPool = {
    admit: (ask, onWait) => deps.pool.admit(ask, onWait),
    retry: async (ended) => {
      const reply = await deps.pool.retry(ended);
      if (reply.ok) book.attemptBegins(reply.lease.attempt);
      return reply;
    },
    settle: (settlement) => book.settles(settlement),
  };
  const versions = { keyVersion: key.version, settingsVersion: versioned.version };
  const batch = { callId, run, model, ...versions, metered: provider.metered, affinity };
  return new CallRun(
    { ...deps, pool },
    {
      ask: batchAsk(batch, versioned.settings),
      model,
      begin: (attempt) => {
        if (provider.draw === undefined) {
          throw new AppError('provider_unavailable', 'The provider of this model cannot draw.');
        }
        return provider.draw({ ...attempt, task: batchTask(run, settingsNow()), sockets });
      },
    },
  );
}

/** Puts a picture into the cache, where upstream sent it along. @returns its link. */
async function keep(
  run: Run,
  { url, base64 }: ImagePart,
  tokenId: string | null,
  { env, ctx }: BatchPorts,
): Promise<string> {
  const deps = mediaDeps(env, (work) => ctx.waitUntil(work), settingsNow(), run.origin);
  const asset = { kind: 'image', url, tokenId } as const;
  if (base64 !== undefined) {
    try {
      const bytes = Uint8Array.fromBase64(base64);
      await storeMedia(deps, asset, bytes, sniffImage(bytes) ?? 'application/octet-stream');
    } catch (error) {
      // The link works all the same: whoever follows it has the picture read from upstream.
      logWarning('imagine_picture_not_kept', { error });
    }
  }
  return mediaLink(deps, asset);
}
