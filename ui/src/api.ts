/** The admin API as the panel calls it. Paths are below /api/v1/admin/. */

/** An answer that is no success; `code` is null when the gateway did not give one. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string | null,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The session of this page. A reload finds it again in the cookie; browsers that keep no such cookie
 * over plain http ask for a new login.
 */
let token: string | null = null;

/** Scripts cannot see the cookie; this tells that asking for its session is worth while. */
const HINT = 'signed-in';

/** Remembers, or with null forgets, the session token. */
export function useSession(next: string | null): void {
  token = next;
  withStorage((storage) => {
    if (next === null) storage.removeItem(HINT);
    else storage.setItem(HINT, '1');
  });
}

/** Whether this browser has signed in and not signed out: the session may have ended since. */
export function mayBeSignedIn(): boolean {
  return withStorage((storage) => storage.getItem(HINT)) === '1';
}

/** A browser that keeps nothing throws at the mere name; it keeps no cookie either. */
function withStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}

/**
 * Calls the admin API with the session, when there is one.
 *
 * @throws ApiError when the gateway refuses or cannot be reached (status 0).
 */
export async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  const headers = new Headers();
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`/api/v1/admin/${path}`, init).catch(() => {
    throw new ApiError(0, null, '');
  });
  const reply: unknown = await response.json().catch(() => null);
  const { ok, status } = response;
  if (!ok) throw errorOf(status, reply);
  // SAFETY: the Worker that answers is the one that served this page; T is its own reply type.
  return reply as T;
}

function errorOf(status: number, reply: unknown): ApiError {
  const nameless = new ApiError(status, null, `HTTP ${status}`);
  if (typeof reply !== 'object' || reply === null || !('error' in reply)) return nameless;
  const { error } = reply;
  if (typeof error !== 'object' || error === null) return nameless;
  if (!('message' in error) || typeof error.message !== 'string') return nameless;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return new ApiError(status, code, error.message);
}
