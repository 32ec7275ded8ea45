/** The gateway's HTTP API as the panel calls it. Nothing else in the panel calls `fetch`. */

/** An answer that is no success; `code` is null when the gateway did not give one. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** 0 when the gateway could not be reached. */
    readonly status: number,
    readonly code: string | null,
    message: string,
    /** The field that is wrong, such as `limits.chat_per_day`. */
    readonly param: string | null,
    /** Names the request in the gateway's log. */
    readonly requestId: string | null,
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
  try {
    if (next === null) localStorage.removeItem(HINT);
    else localStorage.setItem(HINT, '1');
  } catch {
    // A browser that keeps nothing keeps no cookie either.
  }
}

/** Whether this browser has signed in and not signed out: the session may have ended since. */
export function mayBeSignedIn(): boolean {
  try {
    return localStorage.getItem(HINT) === '1';
  } catch {
    return false;
  }
}

/** Asks the reader to sign in again; true once that is done. Set by the frame of the panel. */
let signInAgain: (() => Promise<boolean>) | null = null;

export function onSessionEnded(ask: () => Promise<boolean>): void {
  signInAgain = ask;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Sent as JSON, or as it is when it is text, a form or a file. */
  readonly body?: unknown;
  /** Added to the address; what is undefined or empty is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Instead of the session, for calls of the public API. */
  readonly bearer?: string;
  /** False where a session that has ended need not be renewed. */
  readonly renews?: boolean;
}

type Method = 'GET' | 'POST' | 'DELETE';

/**
 * Calls the admin API; paths are below `/api/v1/admin/`. A session that has ended is renewed by the
 * reader, and the call made again: no form is lost.
 *
 * @throws ApiError when the gateway refuses or cannot be reached.
 */
export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
  const response = await adminRequest(method, path, options);
  // SAFETY: the Worker that answers is the one that served this page; T is its own reply type.
  return (await response.json()) as T;
}

/** As `call`, with the response as it is: streams and files. @throws ApiError */
export async function adminRequest(
  method: Method,
  path: string,
  options: CallOptions = {},
): Promise<Response> {
  const ask = (): Promise<Response> => send(method, `/api/v1/admin/${path}`, options);
  let response = await ask();
  const { renews = true } = options;
  if (renews && signInAgain !== null && (await isSessionOver(response))) {
    if (await signInAgain()) response = await ask();
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** A 401 may also mean that a password which was sent is wrong. */
async function isSessionOver(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const { code } = await errorOf(response.clone());
  return code === 'missing_session' || code === 'session_expired';
}

/** Whether a session holds, asked without a prompt to sign in. @throws ApiError for other failures. */
export async function hasSession(): Promise<boolean> {
  const response = await send('GET', '/api/v1/admin/session', {});
  if (response.status === 401) return false;
  if (!response.ok) throw await errorOf(response);
  return true;
}

/** Any path of the gateway outside the admin API, its response as it is. @throws ApiError */
export async function request(
  method: Method,
  path: string,
  options: CallOptions = {},
): Promise<Response> {
  const response = await send(method, path, options);
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function send(method: Method, path: string, options: CallOptions): Promise<Response> {
  const { body, query = {}, signal, bearer = token } = options;
  const headers = new Headers();
  if (bearer !== null) headers.set('authorization', `Bearer ${bearer}`);
  const isRaw = typeof body === 'string' || body instanceof FormData || body instanceof Blob;
  if (body !== undefined && !isRaw) headers.set('content-type', 'application/json');
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  const init: RequestInit = {
    method,
    headers,
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
  return fetch(url, init).catch((thrown: unknown) => {
    if (signal?.aborted === true) throw thrown;
    throw new ApiError(0, null, '', null, null);
  });
}

/** The envelope of an error response. */
export async function errorOf(response: Response): Promise<ApiError> {
  const reply: unknown = await response.json().catch(() => null);
  const error = field(reply, 'error');
  const text = (name: string): string | null => {
    const value = field(error, name);
    return typeof value === 'string' ? value : null;
  };
  return new ApiError(
    response.status,
    text('code'),
    text('message') ?? `HTTP ${response.status}`,
    text('param'),
    response.headers.get('x-request-id'),
  );
}

function field(from: unknown, name: string): unknown {
  if (typeof from !== 'object' || from === null) return undefined;
  return Object.entries(from).find(([key]) => key === name)?.[1];
}
