import { AppError } from '../errors';
import { sha256Hex } from '../lib/digest';
import { isWellFormedApiKey } from '../lib/ids';
import type { KeyLimits } from '../pool/key';
import { findKeyByHash } from '../store/key-lookup';
import {
  type CachedKey,
  cachedKey,
  isKnownUnknown,
  rememberKey,
  rememberUnknown,
} from './key-cache';

/** Who calls: a key that exists. Whether it may do what it asks is the pool's to say. */
export type Caller = CachedKey;

/** Routes that do not ask the pool read a key again when their knowledge of it is older. */
const FRESH_MS = 10_000;

const BEARER = /^bearer[ \t]+(.+)$/i;

/**
 * Finds the caller of a route that asks the pool: known keys cost no storage.
 * @throws AppError `missing_api_key` or `invalid_api_key`; never lets anyone in without a key.
 */
export async function authenticate(
  request: Request,
  db: D1Database,
  now: number = Date.now(),
): Promise<Caller> {
  const presented = bearer(request);
  return cachedKey(presented) ?? (await readCaller(presented, db, now));
}

/**
 * Finds the caller of a route that does not ask the pool, so enabled and expiry are checked here.
 * @throws AppError also `key_disabled` and `key_expired`.
 */
export async function authenticateFresh(
  request: Request,
  db: D1Database,
  now: number = Date.now(),
): Promise<Caller> {
  const presented = bearer(request);
  const cached = cachedKey(presented);
  const isFresh = cached !== undefined && now - cached.readAt < FRESH_MS;
  const caller = isFresh ? cached : await readCaller(presented, db, now);
  assertUsable(caller.key, now);
  return caller;
}

function bearer(request: Request): string {
  const header = request.headers.get('authorization')?.trim() ?? '';
  const key = BEARER.exec(header)?.[1]?.trim();
  if (key === undefined || key === '') {
    throw new AppError(
      'missing_api_key',
      'No API key was given: send it as "Authorization: Bearer <key>".',
    );
  }
  return key;
}

async function readCaller(presented: string, db: D1Database, now: number): Promise<Caller> {
  // A mistyped or guessed key fails its checksum and costs no storage.
  if (!isWellFormedApiKey(presented) || isKnownUnknown(presented, now)) throw invalidKey();
  const key = await findKeyByHash(db, await sha256Hex(presented));
  if (key === null) {
    rememberUnknown(presented, now);
    throw invalidKey();
  }
  return rememberKey(presented, key, now);
}

/** @throws AppError `key_disabled`, `key_expired` */
export function assertUsable(key: KeyLimits, now: number): void {
  if (!key.enabled) throw new AppError('key_disabled', 'This API key is disabled.');
  if (key.expiresAt !== null && key.expiresAt <= now) {
    throw new AppError('key_expired', 'This API key has expired.');
  }
}

/** The same words for every key that is not one, whatever is wrong with it. */
export function invalidKey(): AppError {
  return new AppError('invalid_api_key', 'The API key is not valid.');
}
