import type { CallItem } from '../../../src/contract/calls';
import type {
  ImportEvent,
  ImportSummary,
  ImportTarget,
  TokenChange,
  TokenItem,
  TokenList,
  TokenRefresh,
  TokenReply,
  TokenTest,
  TokenUpdate,
  TokenUpload,
} from '../../../src/contract/tokens';
import { adminRequest, ApiError, call, errorOf } from './call';
import { type Download, takeFile } from './download';

/** The pool's tokens. Secrets go in, and come out only by `downloadSecrets`. */

/** What narrows a list, as the API takes it: several types and states with commas. */
export interface TokenQuery {
  readonly type: string;
  readonly state: string;
  readonly tag: string;
  readonly search: string;
}

export interface TokenPage {
  readonly items: readonly TokenItem[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
  /** Tokens of the types and states; tag and text are not counted. */
  readonly total: number;
}

/** One page of at most `limit` (1–500): asked on until it is full, because a search reads in pieces. */
export async function readTokenPage(
  query: TokenQuery,
  options: { readonly after: string; readonly limit: number },
  signal?: AbortSignal,
): Promise<TokenPage> {
  const items: TokenItem[] = [];
  let after: string | null = options.after;
  let total = 0;
  do {
    const list: TokenList = await call('GET', 'tokens', {
      query: { ...query, after, limit: options.limit - items.length },
      ...(signal === undefined ? {} : { signal }),
    });
    items.push(...list.ssoBasic, ...list.ssoSuper, ...list.providers);
    total = list.total;
    after = list.next;
  } while (after !== null && items.length < options.limit);
  return { items: items.toSorted((a, b) => a.created_at - b.created_at), next: after, total };
}

export async function readToken(id: string, signal?: AbortSignal): Promise<TokenItem> {
  const options = signal === undefined ? {} : { signal };
  return (await call<TokenReply>('GET', `tokens/${encodeURIComponent(id)}`, options)).token;
}

export async function readTokenTags(signal?: AbortSignal): Promise<readonly string[]> {
  const options = signal === undefined ? {} : { signal };
  return (await call<{ readonly data: readonly string[] }>('GET', 'tokens/tags', options)).data;
}

/** The newest calls that this token served. */
export async function readTokenCalls(
  id: string,
  limit: number,
  signal?: AbortSignal,
): Promise<readonly CallItem[]> {
  const options = { query: { token: id, limit }, ...(signal === undefined ? {} : { signal }) };
  return (await call<{ readonly calls: readonly CallItem[] }>('GET', 'calls', options)).calls;
}

/** What an update changes; absent fields stay. */
export type TokenFields = Omit<TokenUpdate, 'id' | 'ids' | 'token' | 'tokens'>;

export function updateTokens(ids: readonly string[], fields: TokenFields): Promise<TokenChange> {
  return call('POST', 'tokens/update', { body: { ids, ...fields } });
}

export function clearCooldowns(ids: readonly string[]): Promise<TokenChange> {
  return call('POST', 'tokens/clear-cooldown', { body: { ids } });
}

export function deleteTokens(ids: readonly string[]): Promise<unknown> {
  return call('POST', 'tokens/delete', { body: { ids } });
}

/** Reads the figures upstream now. At most 200. */
export function refreshTokens(ids: readonly string[]): Promise<TokenRefresh> {
  return call('POST', 'tokens/refresh', { body: { ids } });
}

/** Asks upstream whether it accepts the token. */
export function testToken(id: string): Promise<TokenTest> {
  return call('POST', 'tokens/test', { body: { id } });
}

export interface ImportBatch {
  readonly items: readonly TokenUpload[];
  readonly target: ImportTarget;
  /** Only says what would happen. */
  readonly isDry: boolean;
}

/** Imports at most 10,000 at once; `onProgress` hears how many are done. @throws ApiError */
export async function importTokens(
  { items, target, isDry }: ImportBatch,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<ImportSummary> {
  const response = await adminRequest('POST', 'tokens?progress=1', {
    body: { tokens: items, ...target, dry_run: isDry },
    signal,
  });
  for await (const event of events(response)) {
    if (event.type === 'done') return event;
    if (event.type === 'progress') onProgress(event.done);
    else throw await errorOf(Response.json({ error: event.error }, { status: event.error.status }));
  }
  throw new ApiError(0, null, '', null, null);
}

async function* events(response: Response): AsyncGenerator<ImportEvent> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ?? '')).split('\n');
    rest = lines.pop() ?? '';
    // SAFETY: the Worker that answers writes one ImportEvent a line.
    for (const line of lines) if (line !== '') yield JSON.parse(line) as ImportEvent;
    if (done) return;
  }
}

export type FactFormat = 'csv' | 'ndjson';

/** Masks and facts of all that a filter lets through. */
export async function downloadFacts(
  query: TokenQuery,
  format: FactFormat,
  download: Download,
): Promise<Blob> {
  const options = { query: { ...query, format }, signal: download.signal };
  return takeFile(await adminRequest('GET', 'tokens/export', options), download);
}

/** Masks and facts of these, at most 10,000. */
export async function downloadChosenFacts(
  ids: readonly string[],
  format: FactFormat,
  download: Download,
): Promise<Blob> {
  const options = { body: { ids, format }, signal: download.signal };
  return takeFile(await adminRequest('POST', 'tokens/export', options), download);
}

/** Full secrets, one a line; the password is checked again. At most 10,000 ids. */
export async function downloadSecrets(
  password: string,
  scope: { readonly ids: readonly string[] } | { readonly filter: Partial<TokenQuery> },
  download: Download,
): Promise<Blob> {
  const options = { body: { password, ...scope }, signal: download.signal };
  return takeFile(await adminRequest('POST', 'tokens/export-secrets', options), download);
}
