import type { ProviderSettings } from '../provider';
import { cookieHeader } from './cookies';

/** The site as its own pages name it, also when calls go to another base URL. */
const SITE = 'https://grok.com';

const COMMON = {
  accept: '*/*',
  'accept-language': 'en-US,en;q=0.9',
  'cache-control': 'no-cache',
  'content-type': 'application/json',
  origin: SITE,
  pragma: 'no-cache',
  priority: 'u=1, i',
  referer: `${SITE}/`,
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-origin',
} as const;

/**
 * Headers of one REST call. Values that belong to the operator's browser (user agent, clearance,
 * `x-statsig-id`) are sent as configured and left out when empty; none is made here.
 *
 * @param withStatsig Chat, rate limits and base64 uploads carry `x-statsig-id`; later dialects do not.
 * @throws ProviderError `revoked` when the credential cannot be a header.
 */
export function restHeaders(
  secret: string,
  settings: ProviderSettings,
  withStatsig: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {
    ...COMMON,
    cookie: cookieHeader(secret, settings.clearance),
    'x-xai-request-id': crypto.randomUUID(),
  };
  const userAgent = printable(settings.userAgent);
  if (userAgent !== '') headers['user-agent'] = userAgent;
  const statsigId = printable(settings.statsigId);
  if (withStatsig && statsigId !== '') headers['x-statsig-id'] = statsigId;
  return headers;
}

/**
 * Headers of a WebSocket handshake, fewer than those of a REST call.
 *
 * @param userId the account's UUID, where the socket wants it in the cookie too.
 * @throws ProviderError `revoked` when the credential cannot be a header.
 */
export function socketHeaders(
  secret: string,
  settings: ProviderSettings,
  userId: string | null,
): Record<string, string> {
  const cookie = cookieHeader(secret, settings.clearance);
  const headers: Record<string, string> = {
    'accept-language': COMMON['accept-language'],
    'cache-control': COMMON['cache-control'],
    cookie: userId === null ? cookie : `${cookie}; x-userid=${userId}`,
    origin: SITE,
    pragma: COMMON.pragma,
  };
  const userAgent = printable(settings.userAgent);
  if (userAgent !== '') headers['user-agent'] = userAgent;
  return headers;
}

/** A pasted value without what a header cannot hold: line ends and anything beyond ASCII. */
function printable(value: string): string {
  return value.replaceAll(/[^\x20-\x7e]/g, '').trim();
}
