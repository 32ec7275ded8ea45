/** One bucket's rolling window: opened by its first counted call, empty again when it has passed. */
export interface Window {
  readonly usedUnits: number;
  /** Unix ms; null while nothing has been counted. */
  readonly startedAt: number | null;
}

export const EMPTY_WINDOW: Window = { usedUnits: 0, startedAt: null };

/** The window as it stands at `nowMs`. */
export function rolled(window: Window, nowMs: number, windowS: number): Window {
  const { startedAt } = window;
  return startedAt !== null && nowMs >= startedAt + windowS * 1_000 ? EMPTY_WINDOW : window;
}

/** Seconds until the window is empty again, at least 1. */
export function restS(window: Window, nowMs: number, windowS: number): number {
  const endsAt = (window.startedAt ?? nowMs) + windowS * 1_000;
  return Math.max(1, Math.ceil((endsAt - nowMs) / 1_000));
}

/** The window after `units` more, or null when they do not fit under `limitUnits` (null: no limit). */
export function charged(
  window: Window,
  nowMs: number,
  units: number,
  limitUnits: number | null,
): Window | null {
  if (limitUnits !== null && window.usedUnits + units > limitUnits) return null;
  return { usedUnits: window.usedUnits + units, startedAt: window.startedAt ?? nowMs };
}
