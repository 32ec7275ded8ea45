import { type LegacyToken, TOKEN_LABELS, type TokenLabel } from '../contract/legacy';
import { SECOND_MS } from '../lib/time';
import type { TokenView } from '../pool/token';
import { tokenItem } from './view-token';

const UNKNOWN = -1;

/** A token as the older list shows it. */
export function legacyToken(token: TokenView, now: number): LegacyToken {
  const item = tokenItem(token);
  const label = labelOf(token);
  const until = token.coolingUntil;
  return {
    id: item.id,
    token: item.token,
    token_type: item.token_type,
    created_time: item.created_at,
    remaining_queries: item.quota ?? UNKNOWN,
    heavy_remaining_queries: item.heavy_quota ?? UNKNOWN,
    video_remaining: UNKNOWN,
    video_limit: UNKNOWN,
    status: TOKEN_LABELS[label],
    tags: item.tags,
    note: item.note,
    cooldown_until: until,
    last_failure_time: item.last_failure_at,
    last_failure_reason: item.last_failure,
    limit_reason: label === 'cooling' ? 'cooldown' : label === 'exhausted' ? 'exhausted' : '',
    cooldown_remaining: until === null ? 0 : Math.max(0, Math.ceil((until - now) / SECOND_MS)),
  };
}

/** The label that comes first: older clients know no disabled tokens, for them they are expired. */
export function labelOf(token: TokenView): TokenLabel {
  const {
    status,
    tier,
    quota_known: isRead,
    heavy_quota_known: isHeavyRead,
    exhausted,
  } = tokenItem(token);
  switch (status) {
    case 'invalid':
    case 'disabled':
      return 'expired';
    case 'cooling':
      return 'cooling';
    case 'active':
      if (!isRead && (tier === 'basic' || !isHeavyRead)) return 'unused';
      return exhausted ? 'exhausted' : 'active';
  }
}

/** The label that a word or the label itself stands for; null for any other. */
export function labelNamed(text: string): TokenLabel | null {
  switch (text) {
    case 'invalid':
    case 'disabled':
      return 'expired';
    case 'cooldown':
      return 'cooling';
    // The fork that had no cooldowns called a used-up token limited.
    case 'limited':
    case '限流中':
      return 'exhausted';
    default: {
      // SAFETY: the keys of a literal object are what its type says.
      const labels = Object.keys(TOKEN_LABELS) as TokenLabel[];
      return labels.find((label) => label === text || TOKEN_LABELS[label] === text) ?? null;
    }
  }
}
