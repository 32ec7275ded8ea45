/** Paths that never become the panel's page. */
const NOT_PAGES = /^\/(api|v1|assets)(\/|$)/;
/** Paths that are the panel's page whatever the client says it accepts: `curl` and monitors say nothing. */
const PAGES = /^\/(login|chat|admin)(\/|$)/;

/**
 * Serves a panel file; a page that the panel routes by itself gets the panel. The headers of both are
 * those of `ui/public/_headers`, which hold as well where files are served without this Worker.
 *
 * @returns null when there is no such file and the request asks for no page.
 */
export async function serveAsset(request: Request, assets: Fetcher): Promise<Response | null> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  const url = new URL(request.url);
  const found = await assets.fetch(request);
  if (found.status !== 404) return found;
  if (NOT_PAGES.test(url.pathname)) return null;
  if (!PAGES.test(url.pathname) && !wantsPage(request)) return null;
  // The index is asked for as `/`: its own name would be redirected there.
  const index = await assets.fetch(new Request(new URL('/', url), { method: request.method }));
  return index.status === 404 ? null : index;
}

function wantsPage(request: Request): boolean {
  return request.headers.get('accept')?.includes('text/html') === true;
}
