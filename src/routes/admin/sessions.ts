import {
  type AdminRequest,
  clientAddress,
  endedCookie,
  endSession,
  refuseForeignOrigin,
  sessionCookie,
  startSession,
} from '../../auth/admin';
import { hashPassword, verifyPassword } from '../../auth/passwords';
import { reauthenticate } from '../../auth/reauthenticate';
import { requireGoodPassword } from '../../auth/setup';
import { forgiveLogin, LOGIN_RULE, loginSubjects, takeAttempt } from '../../auth/throttle';
import {
  Login,
  type LoginReply,
  PasswordChange,
  RowSelection,
  type SessionItem,
} from '../../contract/sessions';
import { AppError } from '../../errors';
import { findAdmin, hasAdmin, setPassword } from '../../store/admins';
import {
  deleteOtherSessions,
  deleteSessionById,
  listSessions,
  sessionId,
} from '../../store/sessions';
import { audit, readBody, reply } from './io';

/**
 * `POST login {username, password}` → `{ status, api_key, expires_at, username, role }` and the cookie.
 * `api_key` is the session token. An unknown name and a wrong password are one answer, and cost the same.
 */
export async function login(request: Request, env: Env): Promise<Response> {
  refuseForeignOrigin(request);
  const { username, password } = await readBody(request, Login);
  const now = Date.now();
  const subjects = loginSubjects(clientAddress(request), username);
  await takeAttempt(env.DB, [subjects.address, subjects.account], LOGIN_RULE, now);
  const admin = await findAdmin(env.DB, username);
  const isRight = await verifyPassword(password, admin?.password ?? null);
  if (admin === null || !isRight) {
    if (!(await hasAdmin(env.DB))) {
      throw new AppError('not_set_up', 'There is no administrator yet: set up first.');
    }
    throw new AppError('invalid_credentials', 'The user name or the password is wrong.');
  }
  await forgiveLogin(env.DB, subjects);
  const session = await startSession(env.DB, admin.id, request, now);
  const body: LoginReply = {
    status: 'success',
    api_key: session.token,
    expires_at: session.expiresAt,
    username: admin.username,
    role: admin.role,
  };
  return reply(body, { headers: { 'set-cookie': sessionCookie(session.token) } });
}

/** `POST logout` → `{ status }`; the session is gone, the cookie too. */
export async function logout(request: AdminRequest, env: Env): Promise<Response> {
  await endSession(env.DB, request.admin.sessionHash);
  return reply({ status: 'success' }, { headers: { 'set-cookie': endedCookie() } });
}

/** `GET session` → who is signed in. */
export function current(request: AdminRequest): Response {
  const { username, role } = request.admin;
  return reply({ username, role });
}

/** `POST password {current_password, new_password}`: every other session of this admin ends. */
export async function changePassword(request: AdminRequest, env: Env): Promise<Response> {
  const { current_password: old, new_password: next } = await readBody(request, PasswordChange);
  const { adminId, username, sessionHash } = request.admin;
  await reauthenticate(env.DB, request.admin, old, 'current_password');
  requireGoodPassword(next, username, 'new_password');
  await setPassword(env.DB, adminId, await hashPassword(next), Date.now());
  const revoked = await deleteOtherSessions(env.DB, adminId, sessionHash);
  await audit(request, env, 'password.change', adminId);
  return reply({ status: 'success', revoked });
}

/** `GET sessions` → `{ sessions }` of the signed-in admin, newest first. */
export async function list(request: AdminRequest, env: Env): Promise<Response> {
  const { adminId, sessionHash } = request.admin;
  const sessions = (await listSessions(env.DB, adminId, Date.now())).map(
    (session): SessionItem => ({
      id: sessionId(session.hash),
      current: session.hash === sessionHash,
      created_at: session.createdAt,
      expires_at: session.expiresAt,
      ip: session.ip,
      user_agent: session.userAgent,
    }),
  );
  return reply({ sessions });
}

/** `POST sessions/revoke {id}` → `{ status }`. */
export async function revoke(request: AdminRequest, env: Env): Promise<Response> {
  const { id } = await readBody(request, RowSelection);
  if (!(await deleteSessionById(env.DB, request.admin.adminId, id))) {
    throw new AppError('not_found', 'There is no such session.');
  }
  await audit(request, env, 'sessions.revoke', id);
  return reply({ status: 'success' });
}

/** `POST sessions/revoke-others` → `{ status, revoked }`. */
export async function revokeOthers(request: AdminRequest, env: Env): Promise<Response> {
  const { adminId, sessionHash } = request.admin;
  const revoked = await deleteOtherSessions(env.DB, adminId, sessionHash);
  await audit(request, env, 'sessions.revoke-others', adminId, `${revoked} ended`);
  return reply({ status: 'success', revoked });
}
