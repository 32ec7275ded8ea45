import type { AdminRequest } from '../../auth/admin';
import {
  type TokenChange,
  TokenListQuery,
  type TokenReply,
  TokenSelection,
  TokenUpdate,
} from '../../contract/tokens';
import { AppError } from '../../errors';
import type { TokenPatch, TokenRef } from '../../pool/token';
import { readStoredSettings } from '../../store/settings';
import { deleteTokens, type TokenEdit, updateShown, updateTokens } from '../../tokens/edit-tokens';
import { listTokens } from '../../tokens/list-tokens';
import { CHUNK, chunks, nameTokens } from '../../tokens/name-tokens';
import { cleanTags } from '../../tokens/parse-import';
import { MODE_BUCKET, QUOTA_BUCKET, tokenItem, tokenList } from '../../tokens/view-token';
import { audit, readBody, readQuery, reply } from './io';
import { type AdminPool, adminPool } from './pool';

/** `GET tokens?after&limit&type&state&tag&search` → `TokenList`. */
export async function list(request: AdminRequest, env: Env): Promise<Response> {
  const query = readQuery(request, TokenListQuery);
  return reply(tokenList(await listTokens(adminPool(env), query)));
}

/** `GET tokens/tags` → `{ success, data }`: every tag in use, sorted. */
export async function tags(_request: AdminRequest, env: Env): Promise<Response> {
  return reply({ success: true, data: (await adminPool(env).tags()).toSorted() });
}

/** `GET tokens/:id` → `{ token }`. */
export async function show(request: AdminRequest, env: Env): Promise<Response> {
  const [token] = await adminPool(env).findTokens([{ id: request.params['id'] ?? '' }]);
  if (token === undefined) throw new AppError('not_found', 'There is no such token.');
  const body: TokenReply = { token: tokenItem(token) };
  return reply(body);
}

/**
 * `POST tokens/update {id|ids|token|tokens, note?, tags?, add_tags?, remove_tags?, tier?, disabled?,
 * clear_cooldown?, quota?, heavy_quota?}` → `TokenChange`.
 */
export async function update(request: AdminRequest, env: Env): Promise<Response> {
  const body = await readBody(request, TokenUpdate);
  const patch = patchOf(body);
  const { quota, heavy_quota: heavy } = body;
  const fields = [
    ...Object.keys(patch),
    ...(quota === undefined ? [] : ['quota']),
    ...(heavy === undefined ? [] : ['heavyQuota']),
  ];
  if (fields.length === 0) {
    throw new AppError('invalid_request', 'Say what to change.', { param: 'body' });
  }
  const newBucket = await newChatBucket(env);
  const edit: Edit = (pool, refs) =>
    quota === undefined && heavy === undefined
      ? updateTokens(pool, refs, patch)
      : updateShown(pool, refs, patch, {
          ...(quota === undefined ? {} : { chat: known(quota) }),
          ...(heavy === undefined ? {} : { heavy: known(heavy) }),
          newBucket,
        });
  return change(request, env, body, edit, 'tokens.update', fields.join(', '));
}

/** −1 is said for "unknown". */
const known = (figure: number | null): number | null => (figure === -1 ? null : figure);

/** What chats draw from of an account that nothing is known of: the newest generation that is on. */
async function newChatBucket(env: Env): Promise<string> {
  const { settings } = await readStoredSettings(env.DB);
  return settings.grok.generations[0] === 'g1' ? QUOTA_BUCKET : MODE_BUCKET;
}

/** `POST tokens/clear-cooldown {id|ids|token|tokens}` → `TokenChange`. */
export async function clearCooldown(request: AdminRequest, env: Env): Promise<Response> {
  const body = await readBody(request, TokenSelection);
  const edit: Edit = (pool, refs) => updateTokens(pool, refs, { clearCooldown: true });
  return change(request, env, body, edit, 'tokens.clear-cooldown', 'clearCooldown');
}

/** `POST tokens/delete {id|ids|token|tokens}` → `{ status, deleted, version }`. */
export async function remove(request: AdminRequest, env: Env): Promise<Response> {
  const refs = await readRefs(env, await readBody(request, TokenSelection));
  const { found: deleted, version } = await deleteTokens(adminPool(env), refs);
  if (deleted === 0) throw notFound();
  await audit(request, env, 'tokens.delete', describeRefs(refs), `${deleted} deleted`);
  return reply({ status: 'success', deleted, version });
}

type Edit = (pool: AdminPool, refs: readonly TokenRef[]) => Promise<TokenEdit>;

async function change(
  request: AdminRequest,
  env: Env,
  selection: TokenSelection,
  edit: Edit,
  action: string,
  fields: string,
): Promise<Response> {
  const refs = await readRefs(env, selection);
  const pool = adminPool(env);
  const { found, version } = await edit(pool, refs);
  if (found === 0) throw notFound();
  await audit(request, env, action, describeRefs(refs), fields);
  const missing = found === refs.length ? [] : await missingIds(pool, refs);
  const body: TokenChange = { status: 'success', found, missing, version };
  return reply(body);
}

/** Of the ids sent, those that stand for nothing. */
async function missingIds(pool: AdminPool, refs: readonly TokenRef[]): Promise<string[]> {
  const ids = refs.flatMap((ref) => ('id' in ref ? [ref.id] : []));
  const there = new Set<string>();
  for (const chunk of chunks(ids, CHUNK)) {
    const found = await pool.findTokens(chunk.map((id) => ({ id })));
    for (const { id } of found) there.add(id);
  }
  return ids.filter((id) => !there.has(id));
}

function patchOf(body: TokenUpdate): TokenPatch {
  return {
    ...(body.note === undefined ? {} : { note: body.note }),
    ...(body.tags === undefined ? {} : { tags: cleanTags(body.tags) }),
    ...(body.add_tags === undefined ? {} : { addTags: cleanTags(body.add_tags) }),
    ...(body.remove_tags === undefined ? {} : { removeTags: cleanTags(body.remove_tags) }),
    ...(body.tier === undefined ? {} : { tier: body.tier }),
    ...(body.disabled === undefined ? {} : { disabled: body.disabled }),
    ...(body.clear_cooldown === true ? { clearCooldown: true } : {}),
  };
}

/** The tokens that a request names. @throws as `nameTokens`. */
export async function readRefs(env: Env, selection: TokenSelection): Promise<TokenRef[]> {
  const names = await nameTokens(env, selection);
  return names.flatMap(({ ref }) => (ref === null ? [] : [ref]));
}

/** For the audit log: ids, or how many; never what was sent. */
export function describeRefs(refs: readonly TokenRef[]): string {
  const [first] = refs;
  return refs.length === 1 && first !== undefined && 'id' in first
    ? first.id
    : `${refs.length} tokens`;
}

function notFound(): AppError {
  return new AppError('not_found', 'None of these tokens is in the pool.');
}
