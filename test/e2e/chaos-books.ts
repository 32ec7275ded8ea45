import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What the chaos must leave behind: whose every unit is, and sums that are those of their rows. */

/** One chat as its client saw it. Times in Unix ms. */
export interface Sent {
  /** Written into the message, so that upstream can be asked what it saw of the chat. */
  readonly number: number;
  readonly keyId: string;
  readonly sentAt: number;
  /** The gateway's id of the call, when an answer came far enough to name it. */
  readonly id: string | null;
  /** 0 when the client left before the head, or the gateway was killed under it. */
  readonly status: number;
}

/** A row of the call log, as far as the books need it. */
export interface Row {
  readonly id: string;
  readonly at: number;
  readonly key_id: string;
  readonly token_id: string | null;
  readonly attempts: number;
  readonly outcome: string;
  readonly units: number;
  readonly uncertain: boolean;
}

/** A request that reached upstream. */
export interface Arrival {
  readonly number: number;
  readonly credential: string;
  readonly isCounted: boolean;
}

/** A row, the chat it tells of, and what upstream saw of it. */
export interface Told {
  readonly row: Row;
  readonly chat: Sent;
  readonly arrivals: readonly Arrival[];
}

/**
 * Finds the chat of each row. A key sends one chat at a time, so a row is of the last that its key had
 * begun when it was admitted.
 * @throws Error for a row of no chat, and for a chat with two rows.
 */
export function tellRows(
  rows: readonly Row[],
  sent: readonly Sent[],
  arrivals: readonly Arrival[],
): Told[] {
  const byKey = Map.groupBy(sent, ({ keyId }) => keyId);
  const byNumber = Map.groupBy(arrivals, ({ number }) => number);
  const told = rows.map((row): Told => {
    const begun = (byKey.get(row.key_id) ?? []).filter(({ sentAt }) => sentAt <= row.at);
    const chat = begun.toSorted((a, b) => a.sentAt - b.sentAt).at(-1);
    if (chat === undefined) throw new Error(`${row.id} is nobody's`);
    return { row, chat, arrivals: byNumber.get(chat.number) ?? [] };
  });
  const numbers = new Set(told.map(({ chat }) => chat.number));
  if (numbers.size !== told.length) throw new Error('a chat has two rows');
  return told;
}

/** Units of a call that were spent on a request which never reached upstream: at most that of its last attempt. */
export function unheardUnits({ row, arrivals }: Told): number {
  return row.units - arrivals.length;
}

/** Units by credential that were spent although upstream did not count them, from the log and upstream alone. */
export function uncountedUnits(
  told: readonly Told[],
  nameOf: (tokenId: string) => string,
): Map<string, number> {
  const uncounted = new Map<string, number>();
  const add = (name: string, units: number): void => {
    uncounted.set(name, (uncounted.get(name) ?? 0) + units);
  };
  for (const call of told) {
    for (const { credential, isCounted } of call.arrivals) add(credential, isCounted ? 0 : 1);
    if (call.row.token_id !== null) add(nameOf(call.row.token_id), unheardUnits(call));
  }
  return uncounted;
}

const SUMS_OF_CALLS = `
  count(*), sum(outcome NOT IN ('done', 'aborted')),
  sum(coalesce(input_tokens, 0)), sum(coalesce(output_tokens, 0)), sum(duration_ms)`;
const SUMS = 'calls, failed, input_tokens, output_tokens, duration_ms';
const MORE_OF_CALLS = `
  sum(units), sum(coalesce(cached_tokens, 0)), sum(coalesce(reasoning_tokens, 0)),
  sum(coalesce(estimated, 0))`;
const MORE = 'units, cached_tokens, reasoning_tokens, estimated';

/** The sums that D1 keeps, by day, key and model and by hour, beside those of its rows. */
export function sumsOf(stateDir: string) {
  const db = openD1(stateDir);
  try {
    const all = (sql: string): unknown[][] => {
      const statement = db.prepare(`${sql} ORDER BY 1, 2, 3`);
      statement.setReturnArrays(true);
      // SAFETY: `setReturnArrays` makes each row an array, which the types do not know.
      return statement.all() as unknown as unknown[][];
    };
    return {
      daily: all(`SELECT day, key_id, model, provider, ${SUMS}, ${MORE} FROM usage_daily`),
      dailyOfRows: all(
        `SELECT day, key_id, model, provider, ${SUMS_OF_CALLS}, ${MORE_OF_CALLS}
         FROM calls GROUP BY 1, 2, 3, 4`,
      ),
      hourly: all(`SELECT hour, ${SUMS} FROM usage_hourly`),
      hourlyOfRows: all(`SELECT at - at % 3600000, ${SUMS_OF_CALLS} FROM calls GROUP BY 1`),
    };
  } finally {
    db.close();
  }
}

/** The database of a gateway that does not run any more. */
function openD1(stateDir: string): DatabaseSync {
  const folder = join(stateDir, 'v3', 'd1', 'miniflare-D1DatabaseObject');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.sqlite'))) {
    const db = new DatabaseSync(join(folder, file));
    const isIt = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'usage_daily'").get();
    if (isIt !== undefined) return db;
    db.close();
  }
  throw new Error(`no D1 database in ${folder}`);
}
