import type { IRequest } from 'itty-router';
import type { Role } from '../contract/sessions';
import { AppError } from '../errors';
import { randomToken, sha256Hex } from '../lib/digest';
import { HOUR_MS, MINUTE_MS } from '../lib/time';
import { deleteSession, findSession, insertSession, slideSession } from '../store/sessions';

/** Who is signed in, how they showed it, and from where. */
export interface SignedIn {
  readonly adminId: string;
  readonly username: string;
  readonly role: Role;
  readonly sessionHash: string;
  readonly ip: string;
}

/** A request that has passed the guard. */
export interface AdminRequest extends IRequest {
  admin: SignedIn;
}

export const SESSION_TTL_MS = 8 * HOUR_MS;
/** A session is renewed at most this often, so that looking around costs no writes. */
const RENEW_EVERY_MS = 5 * MINUTE_MS;

const COOKIE = '__Host-session';
const MAX_USER_AGENT_CHARS = 200;

/** What a viewer may send besides GET: all of it concerns only themselves. */
const OWN_AFFAIRS = /\/(logout|password|sessions\/(revoke|revoke-others))$/;

/**
 * The guard of every admin route behind it: finds the session, keeps it alive, checks the role.
 * @throws AppError `missing_session`, `session_expired`, `origin_not_allowed` or `forbidden`.
 */
export async function requireAdmin(request: AdminRequest, env: Env): Promise<void> {
  const bearer = bearerToken(request);
  const token = bearer ?? cookieToken(request);
  if (token === null) throw new AppError('missing_session', 'Sign in first.');
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  // A browser sends a cookie on its own, wherever the request comes from; a Bearer it does not.
  if (changes && bearer === null) requireOwnOrigin(request);

  const now = Date.now();
  const session = await findSession(env.DB, await sha256Hex(token));
  if (session === null || session.expiresAt <= now) {
    throw new AppError('session_expired', 'The session has ended. Sign in again.');
  }
  if (changes && session.role !== 'admin' && !OWN_AFFAIRS.test(new URL(request.url).pathname)) {
    throw new AppError('forbidden', 'This account may look but not change anything.');
  }
  if (session.expiresAt < now + SESSION_TTL_MS - RENEW_EVERY_MS) {
    await slideSession(env.DB, session.hash, now + SESSION_TTL_MS);
  }
  request.admin = {
    adminId: session.adminId,
    username: session.username,
    role: session.role,
    sessionHash: session.hash,
    ip: clientAddress(request),
  };
}

/** Starts a session. @returns the token, shown this once, and when it ends (Unix ms). */
export async function startSession(
  db: D1Database,
  adminId: string,
  request: Request,
  now: number,
): Promise<{ readonly token: string; readonly expiresAt: number }> {
  const token = randomToken();
  const expiresAt = now + SESSION_TTL_MS;
  await insertSession(db, {
    hash: await sha256Hex(token),
    adminId,
    createdAt: now,
    expiresAt,
    ip: clientAddress(request),
    userAgent: (request.headers.get('user-agent') ?? '').slice(0, MAX_USER_AGENT_CHARS),
  });
  return { token, expiresAt };
}

export function endSession(db: D1Database, sessionHash: string): Promise<void> {
  return deleteSession(db, sessionHash);
}

/** `Set-Cookie` of a session: unreadable by scripts, never sent from other sites. */
export function sessionCookie(token: string): string {
  return `${COOKIE}=${token}; Path=/; Secure; HttpOnly; SameSite=Strict`;
}

/** `Set-Cookie` that removes it. */
export function endedCookie(): string {
  return `${COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`;
}

/**
 * Refuses a request that a page of another origin made. Without an `Origin` header only a request
 * that the browser itself calls same-origin passes.
 * @throws AppError `origin_not_allowed`.
 */
export function requireOwnOrigin(request: Request): void {
  const origin = request.headers.get('origin');
  const isOwn =
    origin === null
      ? request.headers.get('sec-fetch-site') === 'same-origin'
      : origin === new URL(request.url).origin;
  if (!isOwn) throw new AppError('origin_not_allowed', 'This request came from another site.');
}

/** As `requireOwnOrigin`, but lets clients that are no browsers through: there is no cookie to misuse yet. */
export function refuseForeignOrigin(request: Request): void {
  if (request.headers.has('origin')) requireOwnOrigin(request);
}

/** The caller's address as Cloudflare saw it. A header that a client can set is not asked. */
export function clientAddress(request: Request): string {
  return request.headers.get('cf-connecting-ip') ?? 'unknown';
}

function bearerToken(request: Request): string | null {
  const match = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.get('authorization') ?? '');
  return match?.[1] ?? null;
}

function cookieToken(request: Request): string | null {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [name, ...value] = part.trim().split('=');
    if (name === COOKIE && value.length > 0) return value.join('=');
  }
  return null;
}
