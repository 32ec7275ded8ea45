import { AppError } from '../errors';
import { ProviderError } from '../providers/provider';
import { LimitReached } from './endings';
import type { CallRun } from './run-call';

/** A call to make in the place of one that failed: another way to the same, with an admission of its own. */
export interface Fallback {
  /** Nothing of what was asked for has come yet, and it can still come. */
  readonly canHelp: () => boolean;
  readonly run: () => CallRun;
}

const NO_ROOM: ReadonlySet<string> = new Set([
  'pool_exhausted',
  'no_credentials',
  'provider_unavailable',
]);

/** Whether another way may do what this one could not. What upstream forbids it forbids both. */
export function mayFallBack({ interruption }: CallRun, thrown: unknown): boolean {
  if (interruption.hasClientLeft) return false;
  const cause = interruption.reason ?? thrown;
  if (cause instanceof LimitReached) return cause.limit !== 'total';
  if (cause instanceof ProviderError) return cause.code !== 'content_policy_violation';
  return cause instanceof AppError && NO_ROOM.has(cause.code);
}

/** How a call ended that did not do what was asked. */
export interface FailedCall {
  readonly run: CallRun;
  readonly thrown: unknown;
  /** What the caller hears. */
  readonly failure: AppError;
}

/** The call to make in place of one that failed; null when there is none, or it would be of no use. */
export function callInstead(
  { run, thrown }: FailedCall,
  fallback: Fallback | undefined,
): CallRun | null {
  if (fallback === undefined || !fallback.canHelp() || !mayFallBack(run, thrown)) return null;
  return fallback.run();
}

/** The failure to tell of two: that the second was not even admitted says nothing of why the first failed. */
export function tellingFailure<T extends { readonly failure: AppError }>(
  first: T,
  second: T,
  secondRun: CallRun,
): T {
  return secondRun.wasAdmitted ? second : first;
}
