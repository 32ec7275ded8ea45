import type { AdminRequest } from '../../auth/admin';
import { hashPassword } from '../../auth/passwords';
import { requireGoodPassword } from '../../auth/setup';
import { AdminCreate, AdminUpdate, type Role, RowSelection } from '../../contract/sessions';
import { AppError } from '../../errors';
import { newId } from '../../lib/ids';
import {
  type Admin,
  deleteAdmin,
  findAdminById,
  insertAdmin,
  listAdmins,
  resetPassword,
  setRole,
} from '../../store/admins';
import { audit, readBody, reply } from './io';

/** `GET admins` → `{ admins: [{ id, username, role, created_at }] }`. */
export async function list(_request: AdminRequest, env: Env): Promise<Response> {
  const admins = (await listAdmins(env.DB)).map(({ id, username, role, createdAt }) => ({
    id,
    username,
    role,
    created_at: createdAt,
  }));
  return reply({ admins });
}

/** `POST admins {username, password, role}` → `{ status, id }`. */
export async function create(request: AdminRequest, env: Env): Promise<Response> {
  const { username, password, role } = await readBody(request, AdminCreate);
  requireGoodPassword(password, username);
  const now = Date.now();
  const id = newId('adm', now);
  const admin = { id, username, password: await hashPassword(password), role, createdAt: now };
  if (!(await insertAdmin(env.DB, admin))) {
    throw new AppError('invalid_request', 'This user name is taken.', { param: 'username' });
  }
  await audit(request, env, 'admins.create', id, `${role} ${username}`);
  return reply({ status: 'success', id });
}

/**
 * `POST admins/update {id, role?, password?}` → `{ status }`: another account's role, or a password for
 * who has forgotten theirs, which ends their sessions. One's own are changed elsewhere.
 */
export async function update(request: AdminRequest, env: Env): Promise<Response> {
  const { id, role, password } = await readBody(request, AdminUpdate);
  const admin = await findAdminById(env.DB, id);
  if (admin === null) throw new AppError('not_found', 'There is no such admin.');
  if (id === request.admin.adminId) {
    throw new AppError('invalid_request', 'Your own account is changed under "Account".', {
      param: 'id',
    });
  }
  if (password !== undefined) requireGoodPassword(password, admin.username);
  if (role !== undefined && role !== admin.role) await changeRole(request, env, admin, role);
  if (password !== undefined) {
    await resetPassword(env.DB, id, await hashPassword(password), Date.now());
    await audit(request, env, 'admins.password', id, admin.username);
  }
  return reply({ status: 'success' });
}

async function changeRole(
  request: AdminRequest,
  env: Env,
  { id, username, role: before }: Admin,
  role: Role,
): Promise<void> {
  if (!(await setRole(env.DB, id, role, Date.now()))) {
    throw new AppError('invalid_request', 'The last administrator keeps the role.', {
      param: 'role',
    });
  }
  await audit(request, env, 'admins.role', id, `${username}: ${before} → ${role}`);
}

/** `POST admins/delete {id}` → `{ status }`; the last admin stays. Ends all sessions of the one deleted. */
export async function remove(request: AdminRequest, env: Env): Promise<Response> {
  const { id } = await readBody(request, RowSelection);
  const admin = await findAdminById(env.DB, id);
  if (admin === null) throw new AppError('not_found', 'There is no such admin.');
  if (!(await deleteAdmin(env.DB, id))) {
    throw new AppError('invalid_request', 'The last administrator cannot be deleted.', {
      param: 'id',
    });
  }
  await audit(request, env, 'admins.delete', id, admin.username);
  return reply({ status: 'success' });
}
