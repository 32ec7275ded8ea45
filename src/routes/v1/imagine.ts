import * as z from 'zod';
import { authenticateFresh } from '../../auth/api-key';
import { AppError } from '../../errors';
import { check, readJson } from '../../http/body';
import {
  DEFAULT_USER,
  newUser,
  readAttach,
  type SessionId,
  sessionName,
  User,
  type Visitor,
  VISITOR_HEADER,
} from '../../imagine/attach';
import { TICKET_MS } from '../../imagine/limits';
import { parseStart } from '../../imagine/protocol';
import { makeTicket } from '../../imagine/ticket';
import { ERRORS } from '../../contract/errors';
import { SECOND_MS } from '../../lib/time';
import { admitVisitor, SUBPROTOCOL } from './imagine-door';
import { countingRefusals } from './refusals';

const MAX_BODY_BYTES = 1_048_576;

/**
 * `GET /v1/images/imagine/ws`, and the path of earlier versions. Without a user each connection has a
 * session of its own, as there. Any page may attach: no cookie is
 * looked at, so that another site's page has nothing to borrow, whatever its `Origin`.
 */
export async function attachSocket(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const query = readAttach(url, null);
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    throw new AppError('upgrade_required', 'This address speaks WebSocket: ask for an upgrade.', {
      headers: { upgrade: 'websocket', connection: 'Upgrade' },
    });
  }
  const admitted = await admitVisitor(request, url, query.user ?? null, env);
  const { keyId, ticket, protocol } = admitted;
  const session = { keyId, user: admitted.user ?? newUser() };
  const visitor = { ...visitorOf(request, url, session), ...pick(query), ticket };
  const response = await enter(env, session, visitor, { upgrade: 'websocket' });
  if (response.webSocket === null) return response;
  return new Response(null, {
    status: 101,
    webSocket: response.webSocket,
    headers: protocol === null ? {} : { [SUBPROTOCOL]: protocol },
  });
}

/** `GET /v1/images/imagine/sse`: the same events, numbered by `id:`. */
export async function attachStream(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const query = readAttach(url, request.headers.get('last-event-id'));
  const admitted = await admitVisitor(request, url, query.user ?? null, env);
  const { keyId, ticket } = admitted;
  const session = { keyId, user: admitted.user ?? DEFAULT_USER };
  const visitor = { ...visitorOf(request, url, session), ...pick(query), ticket };
  return enter(env, session, visitor, {});
}

const UserBody = z.looseObject({ user: User });

/** `POST /v1/images/imagine/ticket {user?}` → `{ticket, expires_in}`: one minute, one use. */
export async function issueTicket(request: Request, env: Env): Promise<Response> {
  const { key } = await authenticateFresh(request, env.DB);
  const { user } = await readOptional(request);
  const ticket = await makeTicket(env, { keyId: key.id, user: user ?? null }, Date.now());
  const headers = { 'cache-control': 'no-store' };
  return Response.json({ ticket, expires_in: TICKET_MS / SECOND_MS }, { headers });
}

/** `POST /v1/images/imagine/start {prompt, …, user?}` → `{run_id}`, for clients that read events. */
export async function start(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const caller = await authenticateFresh(request, env.DB);
  return countingRefusals(env, ctx, caller, async () => {
    const body = await readJson(request, UserBody, MAX_BODY_BYTES);
    const command = parseStart(body);
    if (command.type === 'mistake') throw new AppError('invalid_request', command.message);
    const session = { keyId: caller.key.id, user: body.user ?? DEFAULT_USER };
    const starter = {
      keyId: caller.key.id,
      ip: request.headers.get('cf-connecting-ip'),
      origin: new URL(request.url).origin,
    };
    const reply = await sessionStub(env, session).start(starter, command.plan);
    if (reply.ok) return Response.json({ run_id: reply.runId });
    const { message, retryAfterS } = reply;
    const code = check(PublicCode, reply.code);
    throw new AppError(code, message, retryAfterS === undefined ? {} : { retryAfterS });
  });
}

/** `POST /v1/images/imagine/stop {user?}` → `{run_id}`: the run that ended, or null. */
export async function stop(request: Request, env: Env): Promise<Response> {
  const { key } = await authenticateFresh(request, env.DB);
  const { user = DEFAULT_USER } = await readOptional(request);
  return Response.json({ run_id: await sessionStub(env, { keyId: key.id, user }).stop() });
}

// SAFETY: the keys of a literal object are what its type says.
const PublicCode = z.enum(Object.keys(ERRORS) as (keyof typeof ERRORS)[]);

/** A body that may be left out. */
async function readOptional(request: Request): Promise<z.infer<typeof UserBody>> {
  return request.headers.get('content-length') === '0' || request.body === null
    ? UserBody.parse({})
    : readJson(request, UserBody, MAX_BODY_BYTES);
}

function sessionStub(env: Env, session: SessionId) {
  return env.IMAGINE_SESSION.getByName(sessionName(session));
}

function enter(
  env: Env,
  session: SessionId,
  visitor: Visitor,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return sessionStub(env, session).fetch('https://session.internal/', {
    headers: { ...headers, [VISITOR_HEADER]: JSON.stringify(visitor) },
  });
}

function visitorOf(request: Request, url: URL, { keyId, user }: SessionId) {
  return { keyId, session: user, ip: request.headers.get('cf-connecting-ip'), origin: url.origin };
}

function pick({ after, format }: Pick<Visitor, 'after' | 'format'>) {
  return { after, format };
}
