import type { ChatRequest } from './contract/chat';
import type { Settings } from './contract/settings';
import type { CallKind } from './contract/usage';
import { SECOND_MS } from './lib/time';
import type { ProviderId } from './models/model-spec';
import type { ProviderSettings } from './providers/provider';
import { assetsUrlOf, baseUrlOf, type ProviderVars } from './providers/registry';
import type { WatchLimits } from './calls/watch';

/** Largest body of a chat: images travel in it as data URIs. */
export const MAX_CHAT_BODY_BYTES = 10 * 1_048_576;

/** Most pictures to edit come with one request, all together. */
export const MAX_EDIT_BODY_BYTES = 32 * 1_048_576;

/** A lease outlasts its call by this: an expired one means a dead Worker. Ms. */
export const TERM_GRACE_MS = 30_000;

/**
 * What is planned before its admission, which would tell of newer settings, and is rare and dear enough
 * for a read of D1: pictures and videos go by settings no older than this.
 */
export const PLANNED_SETTINGS_MS = 1_000;

/** `GET /v1/models` asks the pool what can be served at most this often, an isolate. Ms. */
export const SUPPLY_TTL_MS = 5_000;

/** A video that is being made is silent for up to two minutes: that is no failure yet. Ms. */
const FILM_SILENCE_MS = 150_000;

/** Longest time a call of this kind may take. Ms. */
export function totalMs({ stream, images, video }: Settings, kind: CallKind): number {
  const totalS = { chat: stream.total_s, image: images.total_s, video: video.total_s };
  return totalS[kind] * SECOND_MS;
}

/** Longest time a call may hold its lease. Ms. */
export function termMs(settings: Settings, kind: CallKind = 'chat'): number {
  return totalMs(settings, kind) + TERM_GRACE_MS;
}

/**
 * The waits of an answer; a whole one has neither head nor heartbeat, and one whose upstream is silent
 * until it has all of it can only be waited for.
 */
export function watchLimits(
  settings: Settings,
  isStreamed: boolean,
  kind: CallKind = 'chat',
  isSilent = false,
): WatchLimits {
  const { stream } = settings;
  const silenceMs = kind === 'video' ? FILM_SILENCE_MS : 0;
  return {
    firstPartMs: isSilent ? null : Math.max(stream.first_part_s * SECOND_MS, silenceMs),
    idleMs: Math.max(stream.idle_s * SECOND_MS, silenceMs),
    totalMs: totalMs(settings, kind),
    headMs: isStreamed ? stream.head_ms : null,
    beatMs: isStreamed ? stream.heartbeat_ms : null,
  };
}

/**
 * What an adapter goes by. A request may override some of it for itself.
 * @throws AppError `provider_unavailable` when the provider's address is unusable.
 */
export function providerSettings(
  vars: ProviderVars,
  { grok }: Settings,
  provider: ProviderId,
  request?: Pick<ChatRequest, 'temporary' | 'filter_tags'>,
): ProviderSettings {
  return {
    baseUrl: baseUrlOf(provider, vars),
    assetsUrl: assetsUrlOf(provider, vars),
    statsigId: grok.x_statsig_id,
    clearance: grok.cf_clearance,
    userAgent: grok.user_agent,
    temporary: request?.temporary ?? grok.temporary,
    filterTags: request?.filter_tags ?? grok.filter_tags,
  };
}
