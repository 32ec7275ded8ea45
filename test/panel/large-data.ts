import * as z from 'zod';
import { newCallId } from '../../src/lib/ids.ts';
import type { Gateway } from '../e2e/harness.ts';

/** Tokens, keys and calls in the numbers of a large gateway. */

const IMPORT = 10_000;
const ROWS_A_STATEMENT = 5_000;

/** Imports tokens as an operator would: in batches, by the admin API. */
export async function importTokens(gateway: Gateway, count: number): Promise<void> {
  for (let start = 0; start < count; start += IMPORT) {
    const tokens = Array.from({ length: Math.min(IMPORT, count - start) }, (_, index) => ({
      token: `bulk-${start + index}-q80`,
      note: `batch ${start / IMPORT}, number ${index}`,
      tags: [`group-${index % 20}`],
    }));
    const pool = (start / IMPORT) % 2 === 0 ? 'ssoBasic' : 'ssoSuper';
    await gateway.admin('POST', 'tokens', { [pool]: tokens });
  }
}

const OUTCOMES = [
  ['done', null, 200],
  ['done', null, 200],
  ['done', null, 200],
  ['limited', 'pool_exhausted', 429],
  ['faulty', 'upstream_error', 502],
] as const;
const MODELS = ['grok-4', 'grok-3', 'grok-4.1-fast', 'deepseek-chat', 'grok-4-heavy'];

/** Ids of tokens, as the list gives them. */
export async function tokenIds(gateway: Gateway, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let after = ''; ids.length < count;) {
    const list = Listed.parse(await gateway.admin('GET', `tokens?limit=500&after=${after}`));
    ids.push(...[...list.ssoBasic, ...list.ssoSuper].map(({ id }) => id));
    if (list.next === null) break;
    after = list.next;
  }
  return ids;
}
const Ids = z.array(z.object({ id: z.string() }));
const Listed = z.object({ ssoBasic: Ids, ssoSuper: Ids, next: z.nullable(z.string()) });

/** Makes keys as an operator would. @returns their ids */
export async function makeKeys(gateway: Gateway, count: number): Promise<string[]> {
  const body = { action: 'create', count, name_prefix: 'client', limits: { chat_per_day: 500 } };
  const made = z.object({ data: Ids }).parse(await gateway.admin('POST', 'keys/batch', body));
  return made.data.map(({ id }) => id);
}

/** Whose calls, on which credentials. */
export interface Callers {
  readonly keyIds: readonly string[];
  readonly tokenIds: readonly string[];
}

/** Writes calls straight into the log, one every 5 s into the past, and sums them; the cap is raised first. */
export async function writeCalls(gateway: Gateway, count: number, callers: Callers): Promise<void> {
  await gateway.admin('POST', 'config', {
    app: { call_retention_rows: Math.max(count * 2, 10_000), call_retention_days: 30 },
  });
  const { DB: database } = await gateway.harness.getWorker<{ DB: D1Database }>().getEnv();
  const insert = database.prepare(INSERT);
  const now = Date.now();
  for (let start = 0; start < count; start += ROWS_A_STATEMENT) {
    const rows = Array.from({ length: Math.min(ROWS_A_STATEMENT, count - start) }, (_, index) =>
      callRow(now - (start + index) * 5_000, start + index, callers),
    );
    await insert.bind(JSON.stringify(rows)).run();
  }
  await database.batch(SUMS.map((sql) => database.prepare(sql)));
}

const SUMMED = `count(*), sum(outcome NOT IN ('done', 'aborted')), sum(units),
  sum(input_tokens), sum(output_tokens), 0, 0, 0, sum(duration_ms)`;
const SUMS = [
  `INSERT OR REPLACE INTO usage_daily
   SELECT day, key_id, model, max(provider), ${SUMMED} FROM calls GROUP BY day, key_id, model`,
  `INSERT OR REPLACE INTO usage_hourly
   SELECT at - at % 3600000, count(*), sum(outcome NOT IN ('done', 'aborted')), sum(input_tokens),
          sum(output_tokens), sum(duration_ms)
     FROM calls GROUP BY 1`,
];

const COLUMNS =
  'id, at, duration_ms, first_part_ms, key_id, kind, model, provider, token_id, attempts, stream, ' +
  'outcome, error, status, units, uncertain, day, input_tokens, output_tokens, cached_tokens, ' +
  'reasoning_tokens, estimated';
const VALUES = COLUMNS.split(', ').map((_, index) => `value ->> ${index}`);
const INSERT = `INSERT INTO calls (${COLUMNS}) SELECT ${VALUES.join(', ')} FROM json_each(?1)`;

function callRow(
  at: number,
  index: number,
  { keyIds, tokenIds: tokens }: Callers,
): readonly (string | number | null)[] {
  const [outcome, error, status] = OUTCOMES[index % OUTCOMES.length] ?? OUTCOMES[0];
  const model = MODELS[index % MODELS.length] ?? '';
  const provider = model.startsWith('deepseek') ? 'deepseek' : 'grok-web';
  const day = new Date(at).toISOString().slice(0, 10);
  // Strides that share no factor with the lengths: every key and token is met.
  const keyId = pick(keyIds, index * 7);
  const tokenId = pick(tokens, index * 13);
  const made = [newCallId(at), at, 300 + (index % 2_000), 90, keyId, 'chat', model, provider];
  const end = [outcome, error, status, 1, 0, day, 120, 340, 0, 0, 0];
  return [...made, tokenId, 1, index % 2, ...end];
}

const pick = (list: readonly string[], index: number): string => list[index % list.length] ?? '';
