import * as z from 'zod';
import { AppError } from '../errors';
import { fromBase64Url, randomToken, toBase64Url, utf8 } from '../lib/digest';
import { type SealEnv, sign, wasSigned } from '../lib/seal';
import { TICKET_MS } from './limits';

/** A right to attach once, for one minute: what a browser puts into an address in place of the key. */
const Ticket = z.object({
  keyId: z.string(),
  /** Null where the holder named none. */
  user: z.nullable(z.string()),
  /** Unix ms. */
  until: z.int(),
  nonce: z.string(),
});
export type Ticket = z.infer<typeof Ticket>;

/** `<base64url JSON>.<signature>` */
export async function makeTicket(
  env: SealEnv,
  { keyId, user }: Pick<Ticket, 'keyId' | 'user'>,
  now: number,
): Promise<string> {
  const ticket: Ticket = { keyId, user, until: now + TICKET_MS, nonce: randomToken(16) };
  const body = toBase64Url(utf8(JSON.stringify(ticket)));
  return `${body}.${await sign(env, signedText(body))}`;
}

/**
 * Reads a ticket. That it is used only once is for its session to see.
 * @throws AppError `invalid_ticket`
 */
export async function readTicket(env: SealEnv, text: string, now: number): Promise<Ticket> {
  const [body = '', signature = '', ...rest] = text.split('.');
  if (rest.length > 0 || !(await wasSigned(env, signedText(body), signature))) {
    throw invalidTicket();
  }
  const ticket = Ticket.parse(JSON.parse(new TextDecoder().decode(fromBase64Url(body))));
  if (ticket.until <= now) throw invalidTicket();
  return ticket;
}

export function invalidTicket(): AppError {
  return new AppError(
    'invalid_ticket',
    'The ticket is not valid, was used, or is older than a minute: get another one.',
  );
}

/** What is signed here can be taken for nothing that is signed elsewhere. */
function signedText(body: string): string {
  return `imagine ticket\n${body}`;
}
