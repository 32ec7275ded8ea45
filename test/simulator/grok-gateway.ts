import { openCall } from './call';
import type { GrokRequest } from './grok-request';
import { GatewaySession } from './grok-gateway-session';
import { badRequest, chatRefusal, rpcError } from './grok-refusals';
import { isUuid, userIdOf } from './grok-user';
import { cookiesOf } from './recording';

/**
 * `GET wss /ws/mgw/?uid=`: one turn of a conversation over a WebSocket. A turn is recorded as one call
 * when it is asked for, with what the client had sent by then; a handshake that is refused at once.
 */
export async function gateway(grok: GrokRequest): Promise<Response> {
  const { stage, credential, script } = grok;
  const refusal = handshakeRefusal(grok) ?? chatRefusal(script);
  if (refusal !== null) {
    const call = await openCall(stage, { credential });
    await call.wait(script.slowHeadMs);
    return call.answer(refusal);
  }
  await scheduler.wait(script.slowHeadMs);
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  new GatewaySession(grok, server).listen();
  return new Response(null, { status: 101, webSocket: client });
}

/** The user must be named twice, in the address and by a cookie, and be the session's own. */
function handshakeRefusal({ stage: { request, url }, credential }: GrokRequest): Response | null {
  if ((request.headers.get('upgrade') ?? '').toLowerCase() !== 'websocket') {
    return badRequest('A WebSocket is expected');
  }
  const uid = url.searchParams.get('uid') ?? '';
  if (!isUuid(uid)) return badRequest('uid must be a UUID');
  const own = userIdOf(credential);
  if (uid.toLowerCase() === own && cookiesOf(request.headers).get('x-userid') === own) return null;
  return Response.json(rpcError('permissionDenied', 'Not the user of this session'), {
    status: 403,
  });
}
