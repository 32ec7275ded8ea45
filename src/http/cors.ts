/** `/v1/*` is called from any page: keys travel in a header, never in a cookie, so `*` gives nothing away. */
const ALLOW: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'x-request-id, retry-after, x-should-retry, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests',
};

const PREFLIGHT: Readonly<Record<string, string>> = {
  ...ALLOW,
  'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
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

/** Adds the CORS headers of `/v1/*` to headers that are still ours to change. */
export function allowAnyOrigin(headers: Headers): void {
  for (const [name, value] of Object.entries(ALLOW)) headers.set(name, value);
}
