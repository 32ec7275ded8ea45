import type { KeyUpdate } from '../contract/keys';
import type { StoredLimits } from '../store/api-keys';

/** The limits of a request to make or edit keys. */
export type KeyFields = Pick<
  KeyUpdate,
  'limits' | 'rpm' | 'concurrency' | 'expires_at' | 'models' | 'ips' | 'is_active'
>;

/** No limits at all. */
export const UNLIMITED: StoredLimits = {
  expiresAt: null,
  models: null,
  ips: null,
  rpm: null,
  concurrency: null,
  perDay: { chat: null, heavy: null, image: null, video: null },
};

/** What is absent stays; null lifts the limit. */
export function applyLimits(old: StoredLimits, fields: KeyFields): StoredLimits {
  const { limits } = fields;
  const pick = (
    value: number | null | undefined,
    older: number | null | undefined,
    before: number | null,
  ): number | null => (value === undefined ? (older === undefined ? before : older) : value);
  const { chat, heavy, image, video } = limits === null ? UNLIMITED.perDay : old.perDay;
  return {
    expiresAt: pick(fields.expires_at, undefined, old.expiresAt),
    models: fields.models === undefined ? old.models : fields.models,
    ips: fields.ips === undefined ? old.ips : fields.ips,
    rpm: pick(fields.rpm, undefined, old.rpm),
    concurrency: pick(fields.concurrency, undefined, old.concurrency),
    perDay: {
      chat: pick(limits?.chat_per_day, limits?.chat_limit, chat),
      heavy: pick(limits?.heavy_per_day, limits?.heavy_limit, heavy),
      image: pick(limits?.image_per_day, limits?.image_limit, image),
      video: pick(limits?.video_per_day, limits?.video_limit, video),
    },
  };
}
