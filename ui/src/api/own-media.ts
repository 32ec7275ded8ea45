const MEDIA = /^\/(?:(?:api\/)?(?:images|videos)|v1\/files\/(?:image|video))\//;

/**
 * The address on this origin of a picture or video that the gateway serves; null for any other. A gateway
 * with an address of its own for links serves the same paths here, and the page may load nothing else.
 */
export function ownMedia(address: string): string | null {
  const url = URL.parse(address, location.origin);
  if (url === null || !/^https?:$/.test(url.protocol) || !MEDIA.test(url.pathname)) return null;
  const isSigned = url.searchParams.has('s');
  return url.origin === location.origin || isSigned ? url.pathname + url.search : null;
}

/** The same picture, asked for once more. */
export function askedAgain(path: string, attempt: number): string {
  return attempt === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}again=${attempt}`;
}
