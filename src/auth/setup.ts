import type { SetupState } from '../contract/sessions';
import { AppError } from '../errors';
import { isSameSecret } from '../lib/digest';
import { newId } from '../lib/ids';
import { hasAdmin, insertFirstAdmin } from '../store/admins';
import { hashPassword, passwordProblem } from './passwords';
import { SETUP_RULE, takeAttempt } from './throttle';

/** Secrets without which nothing can be set up. */
const NEEDED_SECRETS = ['CREDENTIAL_KEY', 'SETUP_CODE'] as const;

export type SetupEnv = Pick<Env, 'DB' | (typeof NEEDED_SECRETS)[number]>;

/** Whether the first admin is still to be made, and which secrets are missing. */
export async function setupState(env: SetupEnv): Promise<SetupState> {
  return { needed: !(await hasAdmin(env.DB)), missing: missingSecrets(env) };
}

export function missingSecrets(env: SetupEnv): string[] {
  return NEEDED_SECRETS.filter((name) => (env[name] ?? '').trim() === '');
}

/**
 * Makes the first admin, once, for whoever knows the set-up code.
 * @returns the admin's id.
 * @throws AppError `already_set_up`, `missing_secret`, `too_many_attempts`, `invalid_setup_code` or
 * `invalid_request`.
 */
export async function makeFirstAdmin(
  env: SetupEnv,
  ask: { readonly code: string; readonly username: string; readonly password: string },
  now: number,
): Promise<string> {
  if (await hasAdmin(env.DB)) throw alreadySetUp();
  const missing = missingSecrets(env);
  if (missing.length > 0 || env.SETUP_CODE === undefined) {
    throw new AppError('missing_secret', `Set these secrets first: ${missing.join(', ')}.`, {
      param: missing[0] ?? 'SETUP_CODE',
    });
  }
  await takeAttempt(env.DB, ['setup'], SETUP_RULE, now);
  if (!(await isSameSecret(ask.code, env.SETUP_CODE))) {
    throw new AppError('invalid_setup_code', 'The set-up code is wrong.', { param: 'code' });
  }
  requireGoodPassword(ask.password, ask.username);
  const id = newId('adm', now);
  const isFirst = await insertFirstAdmin(env.DB, {
    id,
    username: ask.username,
    password: await hashPassword(ask.password),
    role: 'admin',
    createdAt: now,
  });
  if (!isFirst) throw alreadySetUp();
  return id;
}

/** @throws AppError `invalid_request`. */
export function requireGoodPassword(password: string, username: string, param = 'password'): void {
  const problem = passwordProblem(password, username);
  if (problem !== null) throw new AppError('invalid_request', problem, { param });
}

function alreadySetUp(): AppError {
  return new AppError('already_set_up', 'An administrator exists already. Sign in instead.');
}
