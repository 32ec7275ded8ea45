import type { AdminRequest } from '../../auth/admin';
import { type CallItem, TailQuery } from '../../contract/calls';
import { AppError } from '../../errors';
import { callLogExtent, listCalls } from '../../store/calls-read';
import { readQuery, reply } from './io';

/** The one log there is, by the name older clients know. */
const FILE = 'request_logs';
const PAGE = 500;

/** `GET logs/files` → `{ files: [{ name, size_bytes, mtime_ms, lines }] }`. */
export async function files(_request: AdminRequest, env: Env): Promise<Response> {
  const { rows, newestAt } = await callLogExtent(env.DB);
  // It is a table: bytes are not known.
  return reply({ files: [{ name: FILE, size_bytes: 0, mtime_ms: newestAt ?? 0, lines: rows }] });
}

/** `GET logs/tail?file&lines` → `{ file, lines }`, newest first: time | status | model | outcome | key | error. */
export async function tail(request: AdminRequest, env: Env): Promise<Response> {
  const query = readQuery(request, TailQuery);
  if (query.file !== FILE) throw new AppError('not_found', 'There is no log of this name.');
  const lines: string[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listCalls>> = await listCalls(env.DB, {
      limit: Math.min(PAGE, query.lines - lines.length),
      ...(after === null ? {} : { after }),
    });
    lines.push(...page.calls.map(line));
    after = page.next;
  } while (after !== null && lines.length < query.lines);
  return reply({ file: FILE, lines });
}

function line(call: CallItem): string {
  return [
    new Date(call.at).toISOString(),
    call.status,
    call.model,
    call.outcome,
    call.key_name ?? call.key_id,
    call.error ?? '',
  ].join(' | ');
}
