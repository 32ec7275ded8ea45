import type { CallList, CallStats, ListedCall } from '../../../src/contract/calls';
import { adminRequest, call } from './call';
import { type Download, takeFile } from './download';

/** The call log. */

/** What narrows it; empty fields do not. `from` and `to` are Unix ms. */
export interface CallQuery {
  readonly key: string;
  readonly model: string;
  readonly token: string;
  /** `2xx`, `4xx`, `5xx` or one status. */
  readonly status: string;
  readonly outcome: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly text: string;
}

/** Newest first. @param page.limit 1–500 */
export function readCalls(
  query: CallQuery,
  page: { readonly after: string; readonly limit: number },
  signal?: AbortSignal,
): Promise<CallList> {
  const options = { query: { ...query, ...page }, ...(signal === undefined ? {} : { signal }) };
  return call('GET', 'calls', options);
}

/** @throws ApiError `not_found` once it has left the log. */
export function readCall(id: string, signal?: AbortSignal): Promise<ListedCall> {
  const options = signal === undefined ? {} : { signal };
  return call('GET', `calls/${encodeURIComponent(id)}`, options);
}

export async function readCallStats(query: CallQuery, signal?: AbortSignal): Promise<CallStats> {
  const options = { query: { ...query }, ...(signal === undefined ? {} : { signal }) };
  return (await call<{ readonly data: CallStats }>('GET', 'calls/stats', options)).data;
}

export type CallFormat = 'csv' | 'ndjson';

/** All that match, as a file. */
export async function exportCalls(
  query: CallQuery,
  format: CallFormat,
  download: Download,
): Promise<Blob> {
  const options = { query: { ...query, format }, signal: download.signal };
  return takeFile(await adminRequest('GET', 'calls/export', options), download);
}

/** Empties the log. @returns how many calls went. */
export async function clearCalls(): Promise<number> {
  return (await call<{ readonly deleted: number }>('POST', 'calls/clear')).deleted;
}
