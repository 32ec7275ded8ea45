import { providerSettings } from '../config';
import type { Settings } from '../contract/settings';
import { directEgress } from '../egress/direct';
import type { Egress } from '../egress/egress';
import type { SealEnv } from '../lib/seal';
import type { DayZone } from '../lib/time';
import type { Connect } from '../pool/client';
import { poolStub } from '../pool/stub';
import type { AccountCall, ProviderSettings } from '../providers/provider';
import { providerOf } from '../providers/registry';
import { dayOffsetMinutes } from '../settings/pool-settings';

/** A value of KV is no larger than this. */
const KV_VALUE_BYTES = 25 * 1_048_576;

/** What the media cache needs of the world. */
export interface MediaDeps {
  readonly db: D1Database;
  readonly kv: KVNamespace;
  /** Null in an account without R2. */
  readonly files: R2Bucket | null;
  readonly fills: Env['MEDIA_FILL'];
  readonly pool: Connect;
  readonly egress: Egress;
  /** Reads a file of an account; the address is on its host. */
  readonly fetchAsset: (call: AccountCall, url: string, headers: Headers) => Promise<Response>;
  /** @throws AppError provider_unavailable */
  readonly providerSettings: () => ProviderSettings;
  readonly seal: SealEnv;
  readonly settings: Settings;
  /** Where links begin, without a trailing slash. */
  readonly base: string;
  /** Hosts that serve this gateway. */
  readonly ownHosts: readonly string[];
  /** Larger objects go to R2, or through uncached. */
  readonly kvMaxBytes: number;
  readonly zone: DayZone;
  readonly now: () => number;
  /** Ms. */
  readonly wait: (ms: number) => Promise<unknown>;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

type Fixed = Omit<MediaDeps, 'waitUntil'>;

/** What was made last: the same for every request under one origin until the settings change. */
let made: {
  readonly env: Env;
  readonly settings: Settings;
  readonly origin: string;
  readonly fixed: Fixed;
} | null = null;

/**
 * @param requestUrl - URL of the request that is answered, or another on this gateway: links begin with
 * its origin unless `app.app_url` is set.
 */
export function mediaDeps(
  env: Env,
  waitUntil: (work: Promise<unknown>) => void,
  settings: Settings,
  requestUrl: string,
): MediaDeps {
  const origin = /^\w+:\/\/[^/?#]*/.exec(requestUrl)?.[0] ?? requestUrl;
  if (made?.env !== env || made.settings !== settings || made.origin !== origin) {
    made = { env, settings, origin, fixed: fixedDeps(env, settings, requestUrl) };
  }
  return { ...made.fixed, waitUntil };
}

function fixedDeps(env: Env, settings: Settings, requestUrl: string): Fixed {
  const provider = providerOf('grok-web');
  const { origin, hostname } = new URL(requestUrl);
  const { app_url: appUrl, time_zone: timeZone } = settings.app;
  const appHost = URL.parse(appUrl)?.hostname;
  return {
    db: env.DB,
    kv: env.KV_CACHE,
    files: env.FILES ?? null,
    fills: env.MEDIA_FILL,
    pool: () => poolStub(env),
    egress: directEgress(env.EGRESS),
    fetchAsset: async (call, url, headers) =>
      (await provider.fetchAsset?.(call, url, headers)) ?? new Response(null, { status: 404 }),
    providerSettings: () => providerSettings(env, settings, 'grok-web'),
    seal: env,
    settings,
    base: (appUrl === '' ? origin : appUrl).replace(/\/+$/, ''),
    ownHosts: appHost === undefined ? [hostname] : [hostname, appHost],
    kvMaxBytes: kvMaxBytes(env),
    zone: {
      timeZone: timeZone === '' ? null : timeZone,
      offsetMinutes: dayOffsetMinutes(env),
    },
    now: Date.now,
    wait: (ms) => scheduler.wait(ms),
  };
}

/** `KV_CACHE_MAX_BYTES`, never more than KV takes; a value that is no number means that. */
export function kvMaxBytes(env: Pick<Env, 'KV_CACHE_MAX_BYTES'>): number {
  const bytes = Number(env.KV_CACHE_MAX_BYTES);
  return bytes > 0 ? Math.min(Math.floor(bytes), KV_VALUE_BYTES) : KV_VALUE_BYTES;
}
