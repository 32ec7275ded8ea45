import type { TokenChange } from '../../../../src/contract/tokens';
import {
  clearCooldowns,
  deleteTokens,
  refreshTokens,
  testToken,
  type TokenFields,
  updateTokens,
} from '../../api/tokens';
import { ApiError } from '../../api/call';
import { errorText } from '../../i18n/errors';
import { defineJob, type JobState } from '../../state/jobs';
import { recordFailures } from './job-failures';

/** Long work over many tokens. Loading this file goes on with what a reload interrupted. */

/** The gateway takes so many ids at once; a reading costs calls upstream, so fewer of them. */
const IDS = 200;
const READINGS = 50;
const TESTS = 4;

/** What kind of work, by the name under which it is kept. */
export type TokenJob =
  | 'tokens.refresh'
  | 'tokens.test'
  | 'tokens.tag-add'
  | 'tokens.tag-remove'
  | 'tokens.note'
  | 'tokens.enable'
  | 'tokens.disable'
  | 'tokens.clear-cooldown'
  | 'tokens.delete';

interface Failure {
  readonly id: string;
  /** `missing`, `unread`, an upstream's verdict, or a sentence. */
  readonly reason: string;
}

type Step = (ids: readonly string[], details: JobState['details']) => Promise<readonly Failure[]>;

function define(kind: TokenJob, size: number, step: Step): void {
  defineJob(kind, size, async (ids, job) => {
    try {
      const failures = await step(ids, job.details);
      recordFailures(job.id, failures);
      return failures.length;
    } catch (thrown) {
      // Shown beside the job, which can be continued.
      throw new Error(errorText(thrown), { cause: thrown });
    }
  });
}

const missing = (id: string): Failure => ({ id, reason: 'missing' });

async function change(
  ids: readonly string[],
  send: () => Promise<TokenChange>,
): Promise<readonly Failure[]> {
  try {
    return (await send()).missing.map(missing);
  } catch (thrown) {
    // None of them is there any more.
    if (isNotFound(thrown)) return ids.map(missing);
    throw thrown;
  }
}

function isNotFound(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 'not_found';
}

function defineChange(kind: TokenJob, fields: (details: JobState['details']) => TokenFields): void {
  define(kind, IDS, (ids, details) => change(ids, () => updateTokens(ids, fields(details))));
}

defineChange('tokens.tag-add', ({ text = '' }) => ({ add_tags: [text] }));
defineChange('tokens.tag-remove', ({ text = '' }) => ({ remove_tags: [text] }));
defineChange('tokens.note', ({ text = '' }) => ({ note: text }));
defineChange('tokens.enable', () => ({ disabled: false }));
defineChange('tokens.disable', () => ({ disabled: true }));

define('tokens.clear-cooldown', IDS, (ids) => change(ids, () => clearCooldowns(ids)));

define('tokens.delete', IDS, async (ids) => {
  try {
    await deleteTokens(ids);
  } catch (thrown) {
    // Gone already is what was wanted.
    if (!isNotFound(thrown)) throw thrown;
  }
  return [];
});

define('tokens.refresh', READINGS, async (ids) => {
  const { results } = await refreshTokens(ids);
  return ids.filter((id) => results[id] !== true).map((id) => ({ id, reason: 'unread' }));
});

define('tokens.test', TESTS, async (ids) => {
  const failures = await Promise.all(ids.map(testOne));
  return failures.filter((failure) => failure !== null);
});

async function testOne(id: string): Promise<Failure | null> {
  try {
    const result = await testToken(id);
    return result.success ? null : { id, reason: result.data.error_type };
  } catch (thrown) {
    if (isNotFound(thrown)) return missing(id);
    throw thrown;
  }
}
