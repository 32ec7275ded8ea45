import { ProviderError } from '../provider';

/** What a cookie value may hold: printable ASCII without space, comma, semicolon, quote and backslash. */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/;

/**
 * The credential under both names the site reads, then the clearance when there is one:
 * `sso=<T>; sso-rw=<T>[; cf_clearance=<V>]`.
 *
 * @throws ProviderError `revoked` when the credential cannot be a cookie; nothing has been sent then.
 */
export function cookieHeader(secret: string, clearance: string): string {
  // Checked here because the runtime's own complaint about a bad header quotes the value.
  if (!COOKIE_VALUE.test(secret)) {
    throw new ProviderError(
      'The upstream credential is malformed.',
      'revoked',
      'upstream_unauthorized',
      {
        retryable: true,
        reason: 'malformed credential',
      },
    );
  }
  const session = `sso=${secret}; sso-rw=${secret}`;
  const [value = ''] = clearance.split(';', 1);
  return COOKIE_VALUE.test(value.trim()) ? `${session}; cf_clearance=${value.trim()}` : session;
}
