import * as z from 'zod';
import { type AdminRequest, endedCookie, endSession } from '../../auth/admin';
import { login as signIn } from '../admin/sessions';
import { reply } from '../admin/io';
import { softly } from './io';

const SignedIn = z.object({ api_key: z.string() });

/**
 * `POST /api/login {username, password}` → `{ success, token, message }` and the cookie. A wrong name or
 * password is 200 `{ success: false, message }`; the throttle is that of the admin API.
 */
export function login(request: Request, env: Env): Promise<Response> {
  return softly(['invalid_credentials'], async () => {
    const answer = await signIn(request, env);
    const { api_key: token } = SignedIn.parse(await answer.json());
    const cookie = answer.headers.get('set-cookie') ?? '';
    const body = { success: true, token, message: 'Signed in.' };
    return reply(body, { headers: { 'set-cookie': cookie } });
  });
}

/** `POST /api/logout` → `{ success, message }`. */
export async function logout(request: AdminRequest, env: Env): Promise<Response> {
  await endSession(env.DB, request.admin.sessionHash);
  const body = { success: true, message: 'Signed out.' };
  return reply(body, { headers: { 'set-cookie': endedCookie() } });
}
