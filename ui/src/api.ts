/** The admin API as the panel calls it. Paths are below /api/v1/admin/. */

/** An answer that is no success; the message is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
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

/** Remembers, or with null forgets, the session token. */
export function useSession(next: string | null): void {
  token = next;
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
    throw new ApiError(0, '');
  });
  const reply: unknown = await response.json().catch(() => null);
  const { ok, status } = response;
  if (!ok) throw new ApiError(status, messageOf(reply) ?? `HTTP ${status}`);
  // SAFETY: the Worker that answers is the one that served this page; T is its own reply type.
  return reply as T;
}

function messageOf(reply: unknown): string | null {
  if (typeof reply !== 'object' || reply === null || !('error' in reply)) return null;
  const { error } = reply;
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  return typeof error.message === 'string' ? error.message : null;
}
