import type { KeyRates, RateWindow } from '../pool/call';

/**
 * `x-ratelimit-*` as OpenAI sends them, for the limit that will bind first: the one with fewer
 * requests left, RPM when they are equal. Nothing when the key has neither.
 */
export function rateHeaders(rates: KeyRates | null): Record<string, string> {
  const window = tighter(rates);
  if (window === null) return {};
  return {
    'x-ratelimit-limit-requests': String(window.limit),
    'x-ratelimit-remaining-requests': String(window.remaining),
    'x-ratelimit-reset-requests': duration(window.resetMs),
  };
}

function tighter(rates: KeyRates | null): RateWindow | null {
  if (rates === null) return null;
  const { rpm, day } = rates;
  if (rpm === null || day === null) return rpm ?? day;
  return day.remaining < rpm.remaining ? day : rpm;
}

/** OpenAI's form, such as `850ms`, `6s` or `1h2m3s`. */
function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.ceil(ms))}ms`;
  const total = Math.ceil(ms / 1_000);
  const hours = Math.floor(total / 3_600);
  const minutes = Math.floor((total % 3_600) / 60);
  const seconds = total % 60;
  let text = '';
  if (hours > 0) text += `${hours}h`;
  if (hours > 0 || minutes > 0) text += `${minutes}m`;
  return `${text}${seconds}s`;
}
