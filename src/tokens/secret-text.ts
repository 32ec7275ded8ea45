import type { ImportReason } from '../contract/tokens';

/** Why a text is no credential, or the credential in it. */
export type SecretText =
  | { readonly ok: true; readonly secret: string }
  | { readonly ok: false; readonly reason: ImportReason };

const MIN_CHARS = 8;
const MAX_CHARS = 8_192;

/**
 * Finds the credential in what people paste: the bare value, `sso=…`, `sso-rw=…`, or a whole cookie
 * string. Keys of official APIs are taken as they are, without a `Bearer` before them.
 */
export function readSecret(text: string, provider: string): SecretText {
  const trimmed = text
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();
  const secret = provider === 'grok-web' ? ssoValue(trimmed) : trimmed.replace(/^Bearer\s+/i, '');
  if (secret === null) return { ok: false, reason: 'the cookie string holds no sso cookie' };
  if (secret.length < MIN_CHARS) return { ok: false, reason: 'too short to be a credential' };
  if (secret.length > MAX_CHARS) return { ok: false, reason: 'too long to be a credential' };
  // Anything else could not be sent in a header or a cookie, or would smuggle a second one.
  if (!/^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+$/.test(secret)) {
    return { ok: false, reason: 'holds characters that no credential has' };
  }
  return { ok: true, secret };
}

/** The `sso` cookie of a cookie string, else `sso-rw`; the text itself when it is no cookie string. */
function ssoValue(text: string): string | null {
  const cookies = text.replace(/^cookie:\s*/i, '');
  const pairs = cookies.split(';').map((pair) => pair.trim());
  for (const name of ['sso=', 'sso-rw=']) {
    const pair = pairs.find((candidate) => candidate.toLowerCase().startsWith(name));
    if (pair !== undefined) return pair.slice(name.length).trim();
  }
  return pairs.length > 1 || /^[\w-]+=./.test(cookies) ? null : cookies;
}
