import { clearAccount, deleteAssets, deleteCached } from '../../api/media';
import { errorText } from '../../i18n/errors';
import { defineJob, type JobState } from '../../state/jobs';
import type { MediaJobName } from './messages';

/** Long work over media. Loading this file goes on with what a reload interrupted. */

/** What is still there, and the gateway's sentence on why. */
export interface Failure {
  readonly item: string;
  readonly reason: string;
}

/** Told on `window` when a job has met failures. */
class FailuresChangedEvent extends Event {
  constructor() {
    super('media-failures-changed');
  }
}

/** Fewer than the gateway takes at once, so that the progress moves. */
const NAMES = 10;
const ASSETS = 10;
const MAX_KEPT = 200;

const failures = new Map<string, readonly Failure[]>();

/** What the last jobs of this kind, and with these details, have left. */
export function failuresOf(kind: MediaJobName, detail = ''): readonly Failure[] {
  return failures.get(`${kind} ${detail}`) ?? [];
}

export function forgetFailures(kind: MediaJobName, detail = ''): void {
  failures.delete(`${kind} ${detail}`);
  window.dispatchEvent(new FailuresChangedEvent());
}

type Step = (items: readonly string[], token: string) => Promise<readonly Failure[]>;

function define(kind: MediaJobName, size: number, step: Step): void {
  defineJob(kind, size, async (items: readonly string[], { details }: JobState) => {
    const token = details['token'] ?? '';
    try {
      const found = await step(items, token);
      const known = failuresOf(kind, token);
      failures.set(`${kind} ${token}`, [...known, ...found].slice(0, MAX_KEPT));
      if (found.length > 0) window.dispatchEvent(new FailuresChangedEvent());
      return found.length;
    } catch (thrown) {
      // Shown beside the job, which can be continued.
      throw new Error(errorText(thrown), { cause: thrown });
    }
  });
}

for (const kind of ['image', 'video'] as const) {
  define(`media.${kind}`, NAMES, async (names) => {
    await deleteCached(kind, names);
    return [];
  });
}

define('media.assets', ASSETS, async (ids, token) => {
  const errors = await deleteAssets(token, ids);
  return Object.entries(errors).map(([item, reason]) => ({ item, reason }));
});

define('media.accounts', 1, async (ids) => {
  const told = await Promise.all(
    ids.map(async (item) => ({ item, reason: await clearAccount(item) })),
  );
  return told.flatMap(({ item, reason }) => (reason === null ? [] : [{ item, reason }]));
});
