import { type AdmissionPort, admitCaller, retryCaller } from './auth/admission';
import type { Caller } from './auth/api-key';
import type { CallDeps } from './calls/ports';
import { providerSettings } from './config';
import type { ChatRequest } from './contract/chat';
import { DEFAULT_SETTINGS, type Settings } from './contract/settings';
import { directEgress } from './egress/direct';
import { checkUrl } from './egress/guard';
import { fetchImage } from './egress/images';
import { readPicture } from './files/attachments';
import { fileDeps } from './files/file-deps';
import { isFileId } from './files/file-id';
import { logError, logWarning } from './lib/log';
import { open } from './lib/seal';
import { type MediaDeps, mediaDeps } from './media/deps';
import { readOwnImage } from './media/own-image';
import { isOwnAddress } from './media/resolve';
import type { ModelSpec } from './models/model-spec';
import { callPool, type Connect } from './pool/client';
import { pushSettlement } from './pool/settlements';
import { MAIN_POOL, poolStub } from './pool/stub';
import { poolSettingsOf } from './settings/pool-settings';
import { knownSettings, matchSettings } from './store/settings-cache';
import type { VersionedSettings } from './store/settings-read';

/** What holds work until it is done: a request's context, or an object's. */
export type Lifetime = Pick<ExecutionContext, 'waitUntil'>;

/** A fresh stub of the pool for each call. */
export function poolOf(env: Env): Connect {
  return () => poolStub(env);
}

/** The pool as callers' requests reach it, settlements included. */
export function admissionPort(env: Env, ctx: Lifetime): AdmissionPort {
  return {
    pool: MAIN_POOL,
    connect: poolOf(env),
    db: env.DB,
    waitUntil: (work) => ctx.waitUntil(work),
    onSettingsVersion: (version) =>
      knownSettings()?.version === version ? undefined : matchVersions(env, ctx, version),
  };
}

/** Brings the isolate to the pool's settings, or the pool to D1's when the pool is the one behind. */
async function matchVersions(env: Env, ctx: Lifetime, poolVersion: number): Promise<void> {
  let known: VersionedSettings;
  try {
    known = await matchSettings(env.DB, poolVersion);
  } catch (error) {
    // The call is admitted: it goes by what the isolate knows, and a later one reads again.
    logWarning('settings_not_read', { error });
    return;
  }
  const { version, settings } = known;
  if (version <= poolVersion) return;
  const configure = callPool(poolOf(env), (pool) =>
    pool.configure(poolSettingsOf(settings, env, version)),
  );
  ctx.waitUntil(configure.catch((error: unknown) => logError('pool_configure_failed', { error })));
}

/** Settings as this isolate knows them at this moment. */
export function settingsNow(): Settings {
  return knownSettings()?.settings ?? DEFAULT_SETTINGS;
}

/** Everything one call needs of the world. */
export function callDeps(
  env: Env,
  ctx: Lifetime,
  call: {
    readonly request: Request;
    readonly caller: Caller;
    readonly model: ModelSpec;
    /** What a chat overrides of the settings. */
    readonly chat?: Pick<ChatRequest, 'temporary' | 'filter_tags'>;
  },
): CallDeps {
  const { caller, model, chat } = call;
  const port = admissionPort(env, ctx);
  const egress = directEgress(env.EGRESS);
  const media = (): MediaDeps => mediaDeps(env, port.waitUntil, settingsNow(), call.request.url);
  return {
    pool: {
      admit: (ask, onWait) => admitCaller(port, caller, ask, onWait),
      retry: (ended) => retryCaller(port, caller, ended),
      settle: (settlement) => pushSettlement(port, settlement),
    },
    egress: () => egress,
    openSecret: (tokenId, sealed) => open(env, tokenId, sealed),
    fetchImage: async (url, signal) => {
      const gateway = media();
      const own =
        (await readPicture(fileDeps(env), caller.key.id, url)) ??
        (await readOwnImage(gateway, url));
      return own ?? (await fetchImage(url, { egress, ownHosts: gateway.ownHosts }, signal));
    },
    isPublicImage: (url) => {
      const gateway = media();
      if (isFileId(url) || isOwnAddress(gateway, url)) return false;
      checkUrl(url, gateway.ownHosts);
      return true;
    },
    settings: () => {
      const settings = settingsNow();
      return {
        provider: providerSettings(env, settings, model.provider, chat),
        maxAttempts: settings.retry.max_attempts,
      };
    },
    now: Date.now,
    wait: (ms) => scheduler.wait(ms),
  };
}
