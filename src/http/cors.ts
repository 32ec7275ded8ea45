const ALLOW_ORIGIN = 'access-control-allow-origin';
const EXPOSE = 'access-control-expose-headers';
const EXPOSED =
  'x-request-id, retry-after, x-should-retry, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests';

/** What any page may read of a response that exposes nothing by itself. */
export const ANY_ORIGIN: Readonly<Record<string, string>> = {
  [ALLOW_ORIGIN]: '*',
  [EXPOSE]: EXPOSED,
};

const PREFLIGHT: Readonly<Record<string, string>> = {
  [ALLOW_ORIGIN]: '*',
  'access-control-allow-methods': 'GET, HEAD, POST, DELETE, OPTIONS',
  'access-control-max-age': '86400',
};

const DEFAULT_ALLOWED_HEADERS = 'authorization, content-type';

/** The answer to a preflight. SDKs in browsers send `x-stainless-*`: what is asked for is allowed. */
export function preflight(request: Request): Response {
  const asked = request.headers.get('access-control-request-headers');
  return new Response(null, {
    status: 204,
    headers: { ...PREFLIGHT, 'access-control-allow-headers': asked ?? DEFAULT_ALLOWED_HEADERS },
  });
}

/**
 * Adds CORS headers to headers that are still ours to change; what an answer exposes by itself stays
 * exposed. `/v1/*` and media are asked for from any page: keys travel in a header and rights in the
 * link, never in a cookie, so `*` gives nothing away.
 */
export function allowAnyOrigin(headers: Headers): void {
  headers.set(ALLOW_ORIGIN, '*');
  headers.append(EXPOSE, EXPOSED);
}
