import * as z from 'zod';
import { AppError } from '../errors';
import { check } from '../http/body';
import { Format } from './clients';
import { MAX_USER_CHARS } from './limits';

/** Whose session it is: one per key and `user`. */
export interface SessionId {
  readonly keyId: string;
  readonly user: string;
}

/** Who comes in, once its right to was checked. Crosses into the object; holds no secret. */
export const Visitor = z.object({
  keyId: z.string(),
  /** The `user` of the session: who comes back by it is in the same one. */
  session: z.string(),
  ip: z.nullable(z.string()),
  /** `https://gateway.example`, base of the links. */
  origin: z.string(),
  format: Format,
  /** Last number that the client has; 0 asks for everything. */
  after: z.int().min(0),
  /** The ticket it came by, used up here. */
  ticket: z.nullable(z.object({ nonce: z.string(), until: z.int() })),
});
export type Visitor = z.infer<typeof Visitor>;

/** Header that carries a visitor into the object; a client's own never gets there. */
export const VISITOR_HEADER = 'x-imagine-visitor';

export const User = z.optional(z.string().min(1).max(MAX_USER_CHARS));

/** Where requests meet that do not say which session they mean. */
export const DEFAULT_USER = 'default';

/** A session for one connection: sockets that name no user share nothing. */
export function newUser(): string {
  return `socket-${crypto.randomUUID()}`;
}

const Query = z.object({
  user: User,
  after: z.coerce.number().int().min(0).default(0),
  format: Format.default('url'),
});
export type AttachQuery = z.infer<typeof Query>;

/** Names under which clients of earlier versions put their key into the address, where logs keep it. */
const KEY_NAMES = ['api_key', 'key', 'apikey', 'token', 'access_token'];

/**
 * Reads what an attaching client asks for.
 * @throws AppError `invalid_request`, also for a key in the address (D-21).
 */
export function readAttach(url: URL, lastEventId: string | null): AttachQuery {
  const named = KEY_NAMES.find((name) => url.searchParams.has(name));
  if (named !== undefined) {
    throw new AppError(
      'invalid_request',
      `'${named}': a key does not belong into an address. Send it as "Authorization: Bearer <key>", as the WebSocket subprotocol "bearer.<base64url of the key>" beside "imagine", or get a ticket by POST /v1/images/imagine/ticket.`,
      { param: named },
    );
  }
  const query = check(Query, {
    user: url.searchParams.get('user') ?? undefined,
    after: given(url.searchParams.get('after')),
    format: url.searchParams.get('format') ?? undefined,
  });
  const last = LastEventId.safeParse(given(lastEventId)).data ?? 0;
  return { ...query, after: Math.max(query.after, last) };
}

/** An event source keeps its address when it comes back, and says in a header what it heard last. */
const LastEventId = z.coerce.number().int().min(0);

function given(text: string | null): string | undefined {
  return text === null || text === '' ? undefined : text;
}

/** Name of the session's object. Ids of keys hold no colon. */
export function sessionName({ keyId, user }: SessionId): string {
  return `${keyId}:${user}`;
}
