import { assertUsable, authenticateFresh, invalidKey } from '../../auth/api-key';
import { AppError } from '../../errors';
import type { Visitor } from '../../imagine/attach';
import { readTicket } from '../../imagine/ticket';
import { addressMatcher } from '../../lib/addresses';
import { fromBase64Url } from '../../lib/digest';
import type { KeyLimits } from '../../pool/key';
import { findKeyById } from '../../store/key-lookup';

export const SUBPROTOCOL = 'sec-websocket-protocol';
const PROTOCOL = 'imagine';
const BEARER_PROTOCOL = 'bearer.';

/** A visitor that may enter, and the subprotocol that its handshake is answered with. */
export interface Admitted {
  readonly keyId: string;
  /** Null when it named none. */
  readonly user: string | null;
  readonly ticket: Visitor['ticket'];
  readonly protocol: string | null;
}

/**
 * Who attaches, by the `Authorization` header, a ticket, or the key in a subprotocol, before anything is
 * accepted (D-21). A ticket names its own user.
 * @throws AppError as `authenticateFresh`, `invalid_ticket`, and `ip_not_allowed`
 */
export async function admitVisitor(
  request: Request,
  url: URL,
  user: string | null,
  env: Env,
): Promise<Admitted> {
  const offered = (request.headers.get(SUBPROTOCOL) ?? '').split(',').map((name) => name.trim());
  const protocol = offered.includes(PROTOCOL) ? PROTOCOL : null;
  const ticketText = url.searchParams.get('ticket');
  if (ticketText !== null) {
    const now = Date.now();
    const ticket = await readTicket(env, ticketText, now);
    const key = await findKeyById(env.DB, ticket.keyId);
    if (key === null) throw invalidKey();
    assertUsable(key, now);
    assertAddress(request, key);
    const { nonce, until } = ticket;
    return { keyId: ticket.keyId, user: ticket.user, ticket: { nonce, until }, protocol };
  }
  const { key } = await authenticateFresh(withBearer(request, offered), env.DB);
  assertAddress(request, key);
  return { keyId: key.id, user, ticket: null, protocol };
}

/** What a session tells is the key's: the pool, which checks the address of each batch, is not asked for it. */
function assertAddress(request: Request, { ips }: KeyLimits): void {
  if (ips === null || addressMatcher(ips)(request.headers.get('cf-connecting-ip'))) return;
  throw new AppError('ip_not_allowed', 'This API key may not be used from this address.');
}

/** The request as if the key of its subprotocol had come in the header. */
function withBearer(request: Request, offered: readonly string[]): Request {
  if (request.headers.has('authorization')) return request;
  const encoded = offered.find((name) => name.startsWith(BEARER_PROTOCOL));
  if (encoded === undefined) return request;
  let key: string;
  try {
    const bytes = fromBase64Url(encoded.slice(BEARER_PROTOCOL.length));
    key = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw invalidKey();
  }
  // Anything but a key's own characters could not be put into a header.
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw invalidKey();
  return new Request(request.url, { headers: { authorization: `Bearer ${key}` } });
}
