import { ProviderError, type ProviderOutcome } from '../../provider';
import type { Feed } from './fed-stream';
import type { PictureSlots } from './picture-slots';

/** Failures that say something of the credential or of the way out: most telling first. */
const TELLING: readonly ProviderOutcome[] = ['banned', 'revoked', 'limited', 'blocked'];

/** Whether the next call on the same credential would fail alike. */
export function isAboutCredential({ outcome }: ProviderError): boolean {
  return TELLING.includes(outcome);
}

/** Whether upstream's own reply shows that it did no work: its units are not spent. */
export function isUncounted({ outcome, detail }: ProviderError): boolean {
  if (outcome === 'refused') return detail.counted !== true;
  return outcome === 'unused' || TELLING.includes(outcome);
}

/**
 * Ends a request for pictures. Places that stay empty are told with why; a failure is thrown when
 * nothing came at all, and after what came when it says something of the credential (D-40, D-70).
 *
 * @param failureAt why the picture of a place did not come.
 * @throws ProviderError
 */
export function conclude(
  slots: PictureSlots,
  failureAt: (index: number) => ProviderError,
  push: Feed['push'],
): void {
  push(...slots.fill());
  const { missing } = slots;
  if (missing.length === 0) return;
  const failures = missing.map(failureAt);
  const worst = mostTelling(failures);
  if (slots.placed === 0) throw worst;
  push(
    ...missing.map((index, at) => ({
      type: 'image-failed' as const,
      index,
      code: failures[at]?.code ?? worst.code,
    })),
  );
  if (isAboutCredential(worst)) throw worst;
}

/** What upstream refused says more than what merely failed. */
const ORDER: readonly ProviderOutcome[] = [...TELLING, 'refused', 'faulty', 'unused'];

function mostTelling(failures: readonly ProviderError[]): ProviderError {
  const rank = (failure: ProviderError) =>
    // A moderated picture was counted, which is kept ahead of a refusal that was not.
    ORDER.indexOf(failure.outcome) - (failure.detail.counted === true ? 0.5 : 0);
  const [worst] = failures.toSorted((one, other) => rank(one) - rank(other));
  return worst ?? shortFault('no picture');
}

/** Upstream did its work, counted it, and what came is not what was asked for. No other credential helps. */
export function shortFault(reason: string): ProviderError {
  return new ProviderError(
    'The upstream gave fewer results than were asked for.',
    'refused',
    'upstream_error',
    { retryable: false, counted: true, reason },
  );
}
