import type { CallFilter, ListedCall } from '../contract/calls';
import { CSV_MARK, csvRow, type CsvValue } from '../lib/csv';
import { type CallPage, listCalls } from '../store/calls-read';
import type { TokenMasks } from './mask-calls';

export interface CallExportDeps {
  readonly db: D1Database;
  readonly masks: TokenMasks;
}

/** Rows of one read: about half a megabyte, so that a whole log takes few of them. */
const PAGE = 1_000;

/** All that match, newest first, read page by page as they are sent; calls made meanwhile are not among them. */
async function* callsOf(
  { db, masks }: CallExportDeps,
  filter: CallFilter,
): AsyncGenerator<readonly ListedCall[]> {
  let after: string | null | undefined;
  while (after !== null) {
    const page: CallPage = await listCalls(db, { ...filter, after, limit: PAGE });
    yield await masks.addTo(page.calls);
    after = page.next;
  }
}

/** A JSON object a line. */
export async function* exportCallLines(
  deps: CallExportDeps,
  filter: CallFilter,
): AsyncGenerator<string> {
  for await (const calls of callsOf(deps, filter)) {
    yield calls.map((call) => `${JSON.stringify(call)}\n`).join('');
  }
}

const COLUMNS: readonly (readonly [string, (call: ListedCall) => CsvValue])[] = [
  ['time', (call) => new Date(call.at).toISOString()],
  ['id', (call) => call.id],
  ['status', (call) => call.status],
  ['outcome', (call) => call.outcome],
  ['error', (call) => call.error],
  ['model', (call) => call.model],
  ['provider', (call) => call.provider],
  ['kind', (call) => call.kind],
  ['stream', (call) => call.stream],
  ['key_id', (call) => call.key_id],
  ['key_name', (call) => call.key_name],
  ['token_id', (call) => call.token_id],
  ['token', (call) => call.token],
  ['attempts', (call) => call.attempts],
  ['duration_ms', (call) => call.duration_ms],
  ['first_part_ms', (call) => call.first_part_ms],
  ['input_tokens', (call) => call.input_tokens],
  ['output_tokens', (call) => call.output_tokens],
  ['cached_tokens', (call) => call.cached_tokens],
  ['reasoning_tokens', (call) => call.reasoning_tokens],
  ['estimated', (call) => call.estimated],
  ['units', (call) => call.units],
  ['uncertain', (call) => call.uncertain],
  ['day', (call) => call.day],
];

/** The same as a table with a heading. */
export async function* exportCallTable(
  deps: CallExportDeps,
  filter: CallFilter,
): AsyncGenerator<string> {
  yield CSV_MARK + csvRow(COLUMNS.map(([name]) => name));
  for await (const calls of callsOf(deps, filter)) {
    yield calls.map((call) => csvRow(COLUMNS.map(([, read]) => read(call)))).join('');
  }
}
