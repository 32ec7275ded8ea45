/**
 * The upstream path behind a cached name, for people: names are such paths in base64url, with `p_` or `u_`
 * before. Null for any other name. Untrusted text.
 */
export function pathOf(name: string): string | null {
  const code = /^[pu]_([\w-]+)$/.exec(name)?.[1];
  if (code === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(code.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // No base64url, or no text: the name itself has to do.
    return null;
  }
}
