import type { AdminRequest } from '../../auth/admin';
import {
  LegacyNote,
  LegacyTags,
  LegacyTokenAdd,
  LegacyTokenNames,
  LegacyTokenQuery,
} from '../../contract/legacy';
import type { TokenSelection } from '../../contract/tokens';
import type { TokenPatch } from '../../pool/token';
import { deleteTokens, updateTokens } from '../../tokens/edit-tokens';
import { importTokens } from '../../tokens/import-tokens';
import { listLegacyTokens } from '../../tokens/list-legacy';
import { cleanTags, parseImport } from '../../tokens/parse-import';
import { audited } from '../admin/audited-import';
import { audit, readBody, readQuery } from '../admin/io';
import { adminPool } from '../admin/pool';
import { describeRefs, readRefs } from '../admin/tokens';
import { done, failed } from './io';

/** `GET /api/tokens?page&page_size&limit&token_type&status&tag` → `{ success, data, total, page, page_size }`, newest first. */
export async function list(request: AdminRequest, env: Env): Promise<Response> {
  const query = readQuery(request, LegacyTokenQuery);
  return done(await listLegacyTokens(adminPool(env), query, Date.now()));
}

/** `POST /api/tokens/add {tokens, token_type}` → `{ success, message, count }`: known ones stay as they are. */
export async function add(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const parsed = parseImport(await readBody(request, LegacyTokenAdd));
  const steps = importTokens({ env, pool: adminPool(env) }, parsed, null);
  const run = audited(request, env, ctx, steps, 'tokens.import');
  let step = await run.next();
  while (step.done !== true) step = await run.next();
  const { total, added, invalid } = step.value;
  const fields = { count: added, invalid };
  return invalid.length === total
    ? failed('None of these is a credential.', fields)
    : done({ message: `${added} of ${total} tokens are new.`, ...fields });
}

/** `POST /api/tokens/delete {tokens}` → `{ success, message, count }`. */
export async function remove(request: AdminRequest, env: Env): Promise<Response> {
  const refs = await readRefs(env, await readBody(request, LegacyTokenNames));
  const { found } = await deleteTokens(adminPool(env), refs);
  if (found === 0) return failed('None of these tokens is in the pool.', { count: 0 });
  await audit(request, env, 'tokens.delete', describeRefs(refs), `${found} deleted`);
  return done({ message: `${found} tokens are deleted.`, count: found });
}

/** `POST /api/tokens/tags {token, tags}` → `{ success, message, tags }`: the whole set is replaced. */
export async function setTags(request: AdminRequest, env: Env): Promise<Response> {
  const { tags: sent, ...name } = await readBody(request, LegacyTags);
  const tags = cleanTags(sent);
  const isFound = await patch(request, env, name, { tags });
  return isFound ? done({ message: 'The tags are saved.', tags }) : unknownToken();
}

/** `POST /api/tokens/note {token, note}` → `{ success, message, note }`. */
export async function setNote(request: AdminRequest, env: Env): Promise<Response> {
  const { note, ...name } = await readBody(request, LegacyNote);
  const isFound = await patch(request, env, name, { note });
  return isFound ? done({ message: 'The note is saved.', note }) : unknownToken();
}

/** `GET /api/tokens/tags/all` → `{ success, data }`, sorted. */
export async function listTags(_request: AdminRequest, env: Env): Promise<Response> {
  return done({ data: (await adminPool(env).tags()).toSorted() });
}

async function patch(
  request: AdminRequest,
  env: Env,
  name: Pick<TokenSelection, 'id' | 'token'>,
  change: TokenPatch,
): Promise<boolean> {
  const refs = await readRefs(env, name);
  const { found } = await updateTokens(adminPool(env), refs, change);
  if (found === 0) return false;
  await audit(request, env, 'tokens.update', describeRefs(refs), Object.keys(change).join(', '));
  return true;
}

function unknownToken(): Response {
  return failed('There is no such token.');
}
