import { AppError } from '../errors';
import { findAdminById } from '../store/admins';
import type { SignedIn } from './admin';
import { verifyPassword } from './passwords';
import { forgiveLogin, LOGIN_RULE, loginSubjects, takeAttempt } from './throttle';

/**
 * Makes a signed-in admin show the password again. Wrong tries count with those of the login, so that
 * a stolen session is no place to guess the password at leisure.
 *
 * @param param the request's field that holds it
 * @throws AppError `too_many_attempts` or `invalid_credentials`.
 */
export async function reauthenticate(
  db: D1Database,
  { adminId, username, ip }: SignedIn,
  password: string,
  param: string,
): Promise<void> {
  const subjects = loginSubjects(ip, username);
  await takeAttempt(db, [subjects.address, subjects.account], LOGIN_RULE, Date.now());
  const admin = await findAdminById(db, adminId);
  if (!(await verifyPassword(password, admin?.password ?? null))) {
    throw new AppError('invalid_credentials', 'The password is wrong.', { param });
  }
  await forgiveLogin(db, subjects);
}
