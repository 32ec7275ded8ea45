import { openCall } from './call';
import type { GrokRequest } from './grok-request';
import { userIdOf } from './grok-user';

/** `GET /api/auth/session`: whose session it is. One that is none is told in a 200. */
export async function authSession(grok: GrokRequest): Promise<Response> {
  const { stage, credential, script, bodyText } = grok;
  const call = await openCall(stage, { credential, bodyText });
  if (script.has('nosession')) return call.answer(Response.json({ status: 'unauthenticated' }));
  if (script.has('blockedsession')) return call.answer(Response.json({ status: 'Blocked' }));
  const id = userIdOf(credential);
  const email = `${id.slice(0, 8)}@example.test`;
  return call.answer(
    Response.json({
      status: 'authenticated',
      session: { userId: id, email, organizationId: '' },
      user: { id, email, teamId: '' },
    }),
  );
}
