import type { KeyItem, KeyItemWithUsage } from '../contract/keys';
import { unixSeconds } from '../lib/time';
import type { QuotaKind } from '../models/model-spec';
import type { KeyStatus } from '../pool/key';
import type { ApiKey } from '../store/api-keys';

/** A key as it is listed: its mask, never its text. */
export function keyItem(key: ApiKey): KeyItem {
  const { perDay, rpm, concurrency, models, ips, expiresAt } = key.limits;
  return {
    id: key.id,
    name: key.name,
    display_key: key.display,
    is_active: key.enabled,
    chat_limit: perDay.chat ?? -1,
    heavy_limit: perDay.heavy ?? -1,
    image_limit: perDay.image ?? -1,
    video_limit: perDay.video ?? -1,
    rpm,
    concurrency,
    models,
    ips,
    created_at: unixSeconds(key.createdAt),
    expires_at: expiresAt,
    last_used_at: key.lastUsedAt,
    version: key.version,
  };
}

/** The key with today's counters; without a status (a key the pool has not met) nothing is used. */
export function keyItemWithUsage(key: ApiKey, status: KeyStatus | undefined): KeyItemWithUsage {
  const used = (kind: QuotaKind): number => {
    const standing = status?.perDay[kind];
    return standing === undefined ? 0 : standing.used + standing.reserved;
  };
  const remaining = (kind: QuotaKind): number | null => {
    const limit = key.limits.perDay[kind];
    return limit === null ? null : Math.max(0, limit - used(kind));
  };
  return {
    ...keyItem(key),
    day: status?.day ?? null,
    usage_today: {
      chat_used: used('chat'),
      heavy_used: used('heavy'),
      image_used: used('image'),
      video_used: used('video'),
    },
    remaining_today: {
      chat: remaining('chat'),
      heavy: remaining('heavy'),
      image: remaining('image'),
      video: remaining('video'),
    },
  };
}
