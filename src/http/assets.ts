/** What a panel file says about itself is in the panel's `_headers`; these hold where it says nothing. */
const SECURITY: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
};

/** Paths that never become the panel's page. */
const NOT_PAGES = /^\/(api|v1|assets)(\/|$)/;

/**
 * Serves a panel file; a page that the panel routes by itself gets the panel.
 * @returns null when there is no such file and the request asks for no page.
 */
export async function serveAsset(request: Request, assets: Fetcher): Promise<Response | null> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  const url = new URL(request.url);
  const found = await assets.fetch(request);
  if (found.status !== 404) return withSecurity(found);
  if (NOT_PAGES.test(url.pathname) || !wantsPage(request)) return null;
  // The index is asked for as `/`: its own name would be redirected there.
  const index = await assets.fetch(new Request(new URL('/', url), { method: request.method }));
  return index.status === 404 ? null : withSecurity(index);
}

function wantsPage(request: Request): boolean {
  return request.headers.get('accept')?.includes('text/html') === true;
}

function withSecurity(response: Response): Response {
  const secured = new Response(response.body, response);
  for (const [name, value] of Object.entries(SECURITY)) {
    if (!secured.headers.has(name)) secured.headers.set(name, value);
  }
  return secured;
}
