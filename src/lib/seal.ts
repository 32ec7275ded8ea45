import { fromBase64Url, toBase64Url, utf8 } from './digest';
import { MissingSecretError } from './missing-secret';

/**
 * Secrets at rest. An envelope is `v1.<kid>.<iv>.<ciphertext>`, base64url, AES-256-GCM; `kid` names
 * the key and the AAD binds the text to its row, so that an envelope moved to another row does not open.
 * `CREDENTIAL_KEY` is 32 bytes of base64, or several with commas between: the first seals, all open.
 */
export type SealEnv = Pick<Env, 'CREDENTIAL_KEY'>;

interface SealKey {
  readonly id: string;
  readonly aes: CryptoKey;
  readonly fingerprint: CryptoKey;
  readonly links: CryptoKey;
}

const VERSION = 'v1';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const MAX_OPENED = 2_000;

/**
 * Encrypts a credential for the row `id`.
 * @throws MissingSecretError without a usable `CREDENTIAL_KEY`.
 */
export async function seal(env: SealEnv, id: string, secret: string): Promise<string> {
  const key = await sealingKey(env);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: rowData(id, key.id) },
    key.aes,
    utf8(secret),
  );
  return [VERSION, key.id, toBase64Url(iv), toBase64Url(new Uint8Array(sealed))].join('.');
}

/**
 * Decrypts what `seal` made. The last 2,000 are remembered, so that the hot path decrypts once per isolate.
 * @throws MissingSecretError when no key of `CREDENTIAL_KEY` has the envelope's id;
 * Error when the envelope is damaged or belongs to another row.
 */
export function open(env: SealEnv, id: string, sealed: string): string | Promise<string> {
  const known = opened.get(sealed);
  if (known !== undefined && known.id === id) return known.secret;
  return decrypt(env, id, sealed);
}

/** HMAC of a secret under a derived key, hex: finds duplicates without storing what they are. */
export async function fingerprint(env: SealEnv, secret: string): Promise<string> {
  const key = await sealingKey(env);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key.fingerprint, utf8(secret))).toHex();
}

/**
 * Signs a text that leaves in a link. @returns an HMAC-SHA-256 under a derived key, base64url.
 * @throws MissingSecretError
 */
export async function sign(env: SealEnv, text: string): Promise<string> {
  const key = await sealingKey(env);
  return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key.links, utf8(text))));
}

/** Whether a key of `CREDENTIAL_KEY`, an older one included, signed the text. Takes the same time either way. */
export async function wasSigned(env: SealEnv, text: string, signature: string): Promise<boolean> {
  let bytes: Uint8Array;
  try {
    bytes = fromBase64Url(signature);
  } catch {
    return false;
  }
  for (const key of await keys(env)) {
    if (await crypto.subtle.verify('HMAC', key.links, bytes, utf8(text))) return true;
  }
  return false;
}

/** First 6, `****`, last 4; shorter secrets show less, so that a mask never gives most of one away. */
export function mask(secret: string): string {
  if (secret.length >= 20) return `${secret.slice(0, 6)}****${secret.slice(-4)}`;
  if (secret.length >= 12) return `${secret.slice(0, 3)}****${secret.slice(-2)}`;
  return '****';
}

/** Whether a text could only be a mask: masks are never identifiers. */
export function isMask(text: string): boolean {
  return text.includes('****');
}

const opened = new Map<string, { readonly id: string; readonly secret: string }>();

async function decrypt(env: SealEnv, id: string, sealed: string): Promise<string> {
  const [version, keyId, iv, text, ...rest] = sealed.split('.');
  if (
    version !== VERSION ||
    keyId === undefined ||
    iv === undefined ||
    text === undefined ||
    rest.length > 0
  ) {
    throw new Error('a sealed secret has an unknown form');
  }
  const key = (await keys(env)).find((candidate) => candidate.id === keyId);
  if (key === undefined) {
    throw new MissingSecretError(
      'CREDENTIAL_KEY does not hold the key that a stored credential was sealed under.',
    );
  }
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: fromBase64Url(iv), additionalData: rowData(id, keyId) },
    key.aes,
    fromBase64Url(text),
  );
  const secret = new TextDecoder().decode(plain);
  remember(sealed, id, secret);
  return secret;
}

function remember(sealed: string, id: string, secret: string): void {
  if (opened.size >= MAX_OPENED) {
    // A Map yields its oldest entry first.
    for (const oldest of opened.keys()) {
      opened.delete(oldest);
      break;
    }
  }
  opened.set(sealed, { id, secret });
}

function rowData(id: string, keyId: string): Uint8Array {
  return utf8(`token|${id}|${keyId}`);
}

// Results only: a promise of one request must not be awaited by another, whose maker may be gone.
let derived: { readonly from: string; readonly keys: readonly SealKey[] } | null = null;

async function keys(env: SealEnv): Promise<readonly SealKey[]> {
  const from = env.CREDENTIAL_KEY ?? '';
  if (derived?.from === from) return derived.keys;
  const texts = from
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const made = await Promise.all(texts.map(derive));
  derived = { from, keys: made };
  return made;
}

async function sealingKey(env: SealEnv): Promise<SealKey> {
  const [first] = await keys(env);
  if (first === undefined) {
    throw new MissingSecretError(
      'The secret CREDENTIAL_KEY is not set: credentials can be neither stored nor used.',
    );
  }
  return first;
}

async function derive(text: string): Promise<SealKey> {
  const bytes = keyBytes(text);
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const root = await crypto.subtle.importKey('raw', bytes, hmac, false, ['sign']);
  const [id, forFingerprints, forLinks, aes] = await Promise.all([
    crypto.subtle.sign('HMAC', root, utf8('grok2api key id')),
    crypto.subtle.sign('HMAC', root, utf8('grok2api token fingerprint')),
    crypto.subtle.sign('HMAC', root, utf8('grok2api media links')),
    crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']),
  ]);
  return {
    id: toBase64Url(new Uint8Array(id, 0, 6)),
    aes,
    fingerprint: await crypto.subtle.importKey('raw', forFingerprints, hmac, false, ['sign']),
    links: await crypto.subtle.importKey('raw', forLinks, hmac, false, ['sign', 'verify']),
  };
}

function keyBytes(text: string): Uint8Array {
  try {
    const bytes = Uint8Array.fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
    if (bytes.length === KEY_BYTES) return bytes;
  } catch {
    // Falls through: not base64 and of the wrong length are the same mistake.
  }
  throw new MissingSecretError('The secret CREDENTIAL_KEY must be 32 bytes of base64.');
}
