import type { AdminRequest } from '../../auth/admin';
import { hashPassword } from '../../auth/passwords';
import { requireGoodPassword } from '../../auth/setup';
import { AdminCreate, RowSelection } from '../../contract/sessions';
import { AppError } from '../../errors';
import { newId } from '../../lib/ids';
import { deleteAdmin, findAdminById, insertAdmin, listAdmins } from '../../store/admins';
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
