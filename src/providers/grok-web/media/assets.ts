import type { AccountCall, AssetPage, UpstreamAsset } from '../../provider';
import { readText } from '../body';
import { egressFault, httpFault, unreadableFault } from '../faults';
import { firstText, list, number, parseRecord, record, type Json } from '../narrow';
import { pageHeaders } from './conversation';

const PAGE_SIZE = 50;
const MAX_REPLY_BYTES = 2 * 1024 * 1024;

/**
 * `GET /rest/assets`: the files of an account, last used first.
 * @param after the `next` of the page before; null for the first.
 * @throws ProviderError
 */
export async function listAssets(call: AccountCall, after: string | null): Promise<AssetPage> {
  const query = new URLSearchParams({
    pageSize: String(PAGE_SIZE),
    orderBy: 'ORDER_BY_LAST_USE_TIME',
    source: 'SOURCE_ANY',
    isLatest: 'true',
    ...(after !== null && { pageToken: after }),
  });
  const response = await ask(call, 'GET', `/rest/assets?${query.toString()}`);
  if (response.status !== 200) throw await httpFault(response, Date.now());
  const reply = parseRecord(await readText(response.body, MAX_REPLY_BYTES));
  if (reply === null) throw unreadableFault('unreadable asset list');
  const next = firstText(reply, 'nextPageToken');
  return {
    assets: list(reply['assets'])
      .map(assetOf)
      .filter((asset) => asset !== null),
    // Upstream repeats a token where nothing follows.
    next: next === '' || next === after ? null : next,
  };
}

/** `DELETE /rest/assets-metadata/{id}`. One that is gone already counts as deleted. @throws ProviderError */
export async function deleteAsset(call: AccountCall, id: string): Promise<void> {
  const response = await ask(call, 'DELETE', `/rest/assets-metadata/${encodeURIComponent(id)}`);
  if (response.status !== 404 && !response.ok) throw await httpFault(response, Date.now());
  await response.body?.cancel().catch(() => undefined);
}

function ask(call: AccountCall, method: 'GET' | 'DELETE', path: string): Promise<Response> {
  const { settings, egress, signal } = call;
  const headers = new Headers(pageHeaders(call, '/files'));
  headers.delete('content-type');
  return egress
    .fetch(`${settings.baseUrl}${path}`, { method, redirect: 'manual', headers, signal })
    .catch((thrown: unknown) => {
      throw egressFault(thrown, signal);
    });
}

function assetOf(value: unknown): UpstreamAsset | null {
  const asset = record(value);
  const id = asset === null ? '' : firstText(asset, 'assetId', 'fileMetadataId', 'id');
  if (asset === null || id === '') return null;
  return {
    id,
    name: firstText(asset, 'name', 'fileName'),
    mime: firstText(asset, 'mimeType', 'fileMimeType', 'contentType'),
    sizeBytes: sizeOf(asset),
    createdAt: timeOf(firstText(asset, 'createTime', 'createdAt')),
  };
}

/** 64-bit figures come as text. */
function sizeOf(asset: Json): number | null {
  const given = asset['sizeBytes'] ?? asset['fileSize'] ?? asset['size'];
  return typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : number(given);
}

function timeOf(given: string): number | null {
  const at = Date.parse(given);
  return Number.isNaN(at) ? null : at;
}
