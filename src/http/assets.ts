/** Headers of every panel file. The panel talks to its own origin only. */
const SECURITY: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data: blob: https:; media-src 'self' blob: https:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
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
  if (found.status !== 404) return withSecurity(found, url.pathname);
  if (NOT_PAGES.test(url.pathname) || !wantsPage(request)) return null;
  // The index is asked for as `/`: its own name would be redirected there.
  const index = await assets.fetch(new Request(new URL('/', url), { method: request.method }));
  return index.status === 404 ? null : withSecurity(index, '/');
}

function wantsPage(request: Request): boolean {
  return request.headers.get('accept')?.includes('text/html') === true;
}

function withSecurity(response: Response, path: string): Response {
  const secured = new Response(response.body, response);
  for (const [name, value] of Object.entries(SECURITY)) secured.headers.set(name, value);
  // Built files carry a hash in their names; pages must show a new build at once.
  const isHashed = path.startsWith('/assets/') && response.status === 200;
  secured.headers.set(
    'cache-control',
    isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  );
  return secured;
}
