import type { Tier } from '../../models/model-spec';
import type { QuotaCall, QuotaReading } from '../provider';
import { readText } from './body';
import { egressFault, httpFault, unreadableFault } from './faults';
import { restHeaders } from './headers';
import { IMAGINE_PREFIX, imagineReading } from './imagine-quota';
import { number, parseRecord, record, type Json } from './narrow';

/**
 * Buckets of generations 2 and 3 are named `mode:<id>`, those of pictures and videos `imagine:<name>`;
 * others by the rate-limit model of generation 1.
 */
const MODE_PREFIX = 'mode:';
const IMAGINE_PATH = '/rest/media/imagine/quota_info';
const IMAGINE_PAGE = 'https://grok.com/imagine';
const MAX_REPLY_BYTES = 64 * 1024;

/**
 * Asks for one bucket: `POST /rest/rate-limits`, or the Imagine quota.
 *
 * @throws ProviderError `faulty` when the answer has no figure, else as for a chat.
 */
export async function readQuota(call: QuotaCall): Promise<QuotaReading> {
  const { bucket } = call;
  const reply = await (bucket.startsWith(IMAGINE_PREFIX)
    ? askImagine(call)
    : post(call, '/rest/rate-limits', quotaBody(bucket)));
  const reading = reply === null ? null : readingIn(bucket, reply);
  if (reading === null) throw unreadableFault('unreadable quota reply');
  return reading;
}

function readingIn(bucket: string, reply: Json): QuotaReading | null {
  return bucket.startsWith(IMAGINE_PREFIX)
    ? imagineReading(bucket, reply, Date.now())
    : quotaReading(bucket, reply);
}

/** One answer tells of every Imagine bucket, so readings of one round ask once. */
function askImagine(call: QuotaCall): Promise<Json | null> {
  const known = call.answers?.get(IMAGINE_PATH);
  if (known !== undefined) return known;
  const answer = post(call, IMAGINE_PATH, {}, { referer: IMAGINE_PAGE });
  call.answers?.set(IMAGINE_PATH, answer);
  return answer;
}

/** @returns the answer; null when it is no JSON object. */
async function post(
  { settings, secret, egress, signal }: QuotaCall,
  path: string,
  body: object,
  more: Readonly<Record<string, string>> = {},
): Promise<Json | null> {
  const response = await egress
    .fetch(`${settings.baseUrl}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...restHeaders(secret, settings, true), ...more },
      body: JSON.stringify(body),
      signal,
    })
    .catch((thrown: unknown) => {
      throw egressFault(thrown, signal);
    });
  if (response.status !== 200) {
    const failure = await httpFault(response, Date.now());
    // A reading cannot be refused: a bucket that upstream does not know is one that cannot be read.
    throw failure.outcome === 'refused' ? unreadableFault(`HTTP ${response.status}`) : failure;
  }
  return parseRecord(await readText(response.body, MAX_REPLY_BYTES));
}

/** What is asked for a bucket: a mode by its id, a model with the kind of request. */
export function quotaBody(bucket: string): object {
  return bucket.startsWith(MODE_PREFIX)
    ? { modelName: bucket.slice(MODE_PREFIX.length) }
    : { requestKind: 'DEFAULT', modelName: bucket };
}

/**
 * The figures of an answer, in the units a bucket is lent in; null when there is none.
 *
 * A mode is lent by the query. A model of generation 1 is lent by effort (low 1, high 4), which is
 * what `remainingTokens` counts; where only queries are told, each is taken for one unit, which
 * never lends more than upstream has.
 */
export function quotaReading(bucket: string, reply: Json): QuotaReading | null {
  const queries = figures(reply['remainingQueries'], reply['totalQueries']);
  const tokens = figures(reply['remainingTokens'], reply['totalTokens']);
  const isMode = bucket.startsWith(MODE_PREFIX);
  const found = isMode ? (queries ?? tokens) : (tokens ?? queries);
  if (found === null) return null;
  const tier = isMode ? tierOf(bucket.slice(MODE_PREFIX.length), found.limit) : null;
  return { ...found, resetAfterMs: resetAfter(reply), ...(tier !== null && { tier }) };
}

/** A total that is missing is at least what remains. */
function figures(remaining: unknown, total: unknown): { remaining: number; limit: number } | null {
  const left = number(remaining);
  if (left === null) return null;
  const free = Math.max(0, Math.floor(left));
  return { remaining: free, limit: Math.max(free, Math.floor(number(total) ?? free)) };
}

/** The wait for the next query where upstream names it, else the whole window. */
function resetAfter(reply: Json): number | null {
  const low = record(reply['lowEffortRateLimits']);
  const waits = [reply['waitTimeSeconds'], low?.['waitTimeSeconds'], reply['windowSizeSeconds']];
  const seconds = waits.map(number).find((wait) => wait !== null && wait > 0);
  return seconds === undefined || seconds === null ? null : Math.ceil(seconds * 1_000);
}

/** Totals by which the site's tiers are known. */
const TOTALS: Readonly<Record<string, Readonly<Record<number, Tier>>>> = {
  auto: { 7: 'basic', 20: 'basic', 50: 'super', 150: 'heavy' },
  fast: { 30: 'basic', 140: 'super', 400: 'heavy' },
  expert: { 50: 'super', 150: 'heavy' },
  'grok-420-computer-use-sa': { 50: 'super', 150: 'heavy' },
};

function tierOf(mode: string, total: number): Tier | null {
  if (mode === 'heavy') return total > 0 ? 'heavy' : null;
  return TOTALS[mode]?.[total] ?? null;
}
