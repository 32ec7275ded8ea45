import { scrypt } from 'node:crypto';
import { fromBase64Url, toBase64Url } from '../lib/digest';

/** Cost of new hashes; older ones keep the parameters they were stored with. */
const COST = { N: 32_768, r: 8, p: 1 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** scrypt takes 128 · N · r bytes; twice that leaves room for its own overhead. */
const MAX_MEMORY_BYTES = 2 * 128 * COST.N * COST.r;

const MIN_CHARS = 10;
const MIN_DIFFERENT_CHARS = 5;

/** Words that make a password trivial when little else is in it. */
const TRIVIAL_WORDS = [
  'password',
  'passwort',
  'passw0rd',
  'administrator',
  'admin',
  'qwertyuiop',
  'qwertz',
  'qwerty',
  'letmein',
  'welcome',
  'grok2api',
  'changeme',
  'iloveyou',
  'secret',
  '1234567890',
  '0123456789',
  '123456789',
  '12345678',
  '123456',
  '12345',
  '1234',
  '123',
];
/** Characters that must remain when trivial words and the name are taken out. */
const MIN_OWN_CHARS = 5;

/** Why a new password is not good enough, as a sentence; null when it is. */
export function passwordProblem(password: string, username: string): string | null {
  if (password.length < MIN_CHARS) {
    return `The password must have at least ${MIN_CHARS} characters.`;
  }
  const lower = password.toLowerCase();
  if (new Set(lower).size < MIN_DIFFERENT_CHARS) {
    return `The password must have at least ${MIN_DIFFERENT_CHARS} different characters.`;
  }
  let own = username === '' ? lower : lower.replaceAll(username.toLowerCase(), '');
  for (const word of TRIVIAL_WORDS) own = own.replaceAll(word, '');
  return own.length < MIN_OWN_CHARS ? 'The password is too easy to guess.' : null;
}

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const hash = await derive(password, salt, HASH_BYTES, COST);
  const { N, r, p } = COST;
  return ['scrypt', N, r, p, toBase64Url(salt), toBase64Url(hash)].join('$');
}

/**
 * Whether a password fits a stored hash. Without a hash (no such user) the same work is done for
 * nothing, so that the time does not tell whether a name exists.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = (stored ?? NOBODY).split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) {
    throw new Error('a stored password has an unknown form');
  }
  const expected = fromBase64Url(hash);
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const actual = await derive(password, fromBase64Url(salt), expected.length, cost);
  return crypto.subtle.timingSafeEqual(actual, expected) && stored !== null;
}

/** A well-formed hash that no password fits on purpose: it only has to cost the same. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

function derive(
  password: string,
  salt: Uint8Array,
  bytes: number,
  cost: Cost,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const options = { ...cost, maxmem: MAX_MEMORY_BYTES };
  const done = (error: Error | null, key: Uint8Array): void => {
    if (error === null) resolve(key);
    else reject(error);
  };
  scrypt(password.normalize('NFC'), salt, bytes, options, done);
  return promise;
}
