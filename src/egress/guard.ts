import { AppError } from '../errors';

/** Longest URL that is looked at, in characters. */
const MAX_URL_LENGTH = 8_192;

/** Names that never lead to the public internet (RFC 6761, 6762, 8375, and the reserved `.internal`). */
const PRIVATE_SUFFIXES = ['localhost', 'local', 'internal', 'home.arpa'];

/**
 * Lets a caller's URL pass only if it names a public https host on its default port.
 *
 * Judged after WHATWG parsing, which has already turned decimal, octal, hexadecimal, short and
 * full-width notations of an IPv4 address into dotted form, decoded `%` escapes and lower-cased.
 *
 * @param ownHosts - hosts that serve this gateway: it must not call itself.
 * @throws AppError url_not_allowed
 */
export function checkUrl(url: string, ownHosts: readonly string[]): URL {
  const parsed = url.length > MAX_URL_LENGTH ? null : URL.parse(url);
  if (parsed === null) throw refuse('is not a valid URL');
  if (parsed.protocol !== 'https:') throw refuse('must use https');
  if (parsed.username !== '' || parsed.password !== '') throw refuse('must not carry credentials');
  if (parsed.port !== '') throw refuse('must use the default port');
  checkHost(parsed.hostname.replace(/\.$/, ''), ownHosts);
  return parsed;
}

function checkHost(host: string, ownHosts: readonly string[]): void {
  if (host.startsWith('[') || /^[\d.]+$/.test(host)) {
    throw refuse('must name a host, not an address');
  }
  if (!host.includes('.') || PRIVATE_SUFFIXES.some((suffix) => host.endsWith(`.${suffix}`))) {
    throw refuse('must name a public host');
  }
  if (ownHosts.some((own) => own.toLowerCase() === host)) {
    throw refuse('must not point to this gateway');
  }
}

/** The URL itself stays out of the message: it may carry a signature. */
function refuse(why: string): AppError {
  return new AppError('url_not_allowed', `A URL in the request ${why}.`);
}
