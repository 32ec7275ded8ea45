import { type LegacyCall, type LegacyLogQuery, MAX_LEGACY_ITEMS } from '../contract/legacy';
import { SECOND_MS } from '../lib/time';
import type { TokenPoolRpc } from '../pool/rpc';
import { type LoggedCall, pageCalls } from '../store/calls-log';
import { CHUNK, chunks } from '../tokens/name-tokens';
import { walkTokens } from '../tokens/list-tokens';

interface LogDeps {
  readonly db: D1Database;
  readonly pool: Pick<TokenPoolRpc, 'listTokens' | 'findTokens'>;
}

export interface LegacyLogPage {
  readonly data: readonly LegacyCall[];
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
}

const PAGE_SIZE = 20;
const LIMIT = 1_000;
const SEARCHED = 500;
const SUFFIX_CHARS = 6;

/** The call log by page, or its newest `limit`, in the words of both earlier logs. */
export async function legacyLog(deps: LogDeps, query: LegacyLogQuery): Promise<LegacyLogPage> {
  const isPaged = query.page !== undefined || query.page_size !== undefined;
  const page = query.page ?? 1;
  const size = Math.min(
    MAX_LEGACY_ITEMS,
    query.page_size ?? (isPaged ? PAGE_SIZE : (query.limit ?? LIMIT)),
  );
  const { calls, total } = await pageCalls(
    deps.db,
    {
      tokenIds: await tokensOf(deps, query.sso ?? ''),
      isSuccess: successOf(query.success ?? ''),
      model: query.model === undefined || query.model === '' ? null : query.model.toLowerCase(),
      from: query.start_time ?? null,
      to: query.end_time ?? null,
    },
    { skip: (page - 1) * size, limit: size },
  );
  const masks = await masksOf(deps, calls);
  return {
    data: calls.map((call) => legacyCall(call, masks.get(call.token_id ?? '') ?? '')),
    total,
    page,
    page_size: size,
  };
}

/** Ids of the tokens whose mask holds the text; null when none is asked for. */
async function tokensOf({ pool }: LogDeps, text: string): Promise<string[] | null> {
  if (text === '') return null;
  const wanted = text.toLowerCase();
  const ids: string[] = [];
  for await (const tokens of walkTokens(pool, { search: text }, SEARCHED)) {
    ids.push(
      ...tokens.filter(({ mask }) => mask.toLowerCase().includes(wanted)).map(({ id }) => id),
    );
  }
  return ids;
}

function successOf(word: NonNullable<LegacyLogQuery['success']>): boolean | null {
  return word === '' ? null : ['true', '1', 'yes'].includes(word);
}

async function masksOf(
  { pool }: LogDeps,
  calls: readonly LoggedCall[],
): Promise<Map<string, string>> {
  const ids = new Set(calls.flatMap(({ token_id: id }) => (id === null ? [] : [id])));
  const masks = new Map<string, string>();
  for (const chunk of chunks([...ids], CHUNK)) {
    const views = await pool.findTokens(chunk.map((id) => ({ id })));
    for (const { id, mask } of views) masks.set(id, mask);
  }
  return masks;
}

function legacyCall(call: LoggedCall, mask: string): LegacyCall {
  const seconds = Math.round(call.duration_ms / 10) / (SECOND_MS / 10);
  const error = call.error ?? '';
  return {
    id: call.id,
    timestamp: call.at,
    time: new Date(call.at).toISOString().slice(0, 19).replace('T', ' '),
    ip: '',
    model: call.model,
    success: call.outcome === 'done' || call.outcome === 'aborted',
    status: call.status,
    status_code: call.status,
    duration: seconds,
    response_time: seconds,
    key_name: call.key_name ?? '',
    sso: mask,
    // Of a mask no more than its visible end.
    token_suffix: mask.slice(mask.lastIndexOf('*') + 1).slice(-SUFFIX_CHARS),
    token_consumed: call.units,
    error,
    error_message: error,
    proxy_used: '',
    media_urls: [],
  };
}
