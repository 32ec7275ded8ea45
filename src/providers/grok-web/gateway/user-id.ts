import { ProviderError, type AccountCall } from '../../provider';
import { readText } from '../body';
import { accountStateFault, asUnused, egressFault, httpFault, unreadableFault } from '../faults';
import { restHeaders } from '../headers';
import { parseRecord, record, text, type Json } from '../narrow';

/** Accounts whose id an isolate remembers; the one that was learnt first is forgotten first. */
const MAX_KNOWN = 2_000;
const ASK_TIMEOUT_MS = 15_000;
const MAX_REPLY_BYTES = 64 * 1024;

/** By the secret: it stands for the account, and a replaced one may be another's. A promise is being asked for. */
const known = new Map<string, string | Promise<string>>();

/**
 * The UUID of the account behind a credential, asked for once an isolate. Calls that want it at the same
 * time share one request; if its owner leaves, the others ask again.
 *
 * A failure counts as a call that was never sent; only what upstream says of the credential keeps its
 * own outcome.
 *
 * @throws ProviderError
 */
export async function userIdFor(call: AccountCall): Promise<string> {
  for (;;) {
    const shared = known.get(call.secret);
    if (shared === undefined) return learn(call);
    if (typeof shared === 'string') return shared;
    const found = await waitFor(shared, call.signal);
    if (found !== null) return found;
    // Whoever asked is gone without an answer.
    if (known.get(call.secret) === shared) known.delete(call.secret);
  }
}

/** The next call asks again: upstream did not accept what this one found. */
export function forgetUserId({ secret }: AccountCall): void {
  known.delete(secret);
}

async function learn(call: AccountCall): Promise<string> {
  const { secret } = call;
  const asking = ask(call);
  known.set(secret, asking);
  for (const oldest of known.keys()) {
    if (known.size <= MAX_KNOWN) break;
    known.delete(oldest);
  }
  const isOurs = (): boolean => known.get(secret) === asking;
  try {
    const userId = await asking;
    if (isOurs()) known.set(secret, userId);
    return userId;
  } catch (thrown) {
    if (isOurs()) known.delete(secret);
    throw thrown;
  }
}

/** Another call's request: null when it came to nothing for reasons of its own. @throws ProviderError */
async function waitFor(userId: Promise<string>, signal: AbortSignal): Promise<string | null> {
  const own = AbortSignal.any([signal, AbortSignal.timeout(ASK_TIMEOUT_MS)]);
  const { promise, resolve } = Promise.withResolvers<null>();
  const giveUp = (): void => resolve(null);
  own.addEventListener('abort', giveUp);
  try {
    return await Promise.race([userId, promise]);
  } catch (thrown) {
    if (thrown instanceof ProviderError) throw thrown;
    return null;
  } finally {
    own.removeEventListener('abort', giveUp);
    signal.throwIfAborted();
  }
}

async function ask(call: AccountCall): Promise<string> {
  try {
    return await readSession(call);
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    throw thrown.outcome === 'faulty' ? asUnused(thrown, 'session') : thrown;
  }
}

/** `GET /api/auth/session` → `{status, session: {userId}, user: {id}}`. */
async function readSession({ settings, secret, egress, signal }: AccountCall): Promise<string> {
  const headers = new Headers(restHeaders(secret, settings, false));
  headers.delete('content-type');
  const limit = AbortSignal.timeout(ASK_TIMEOUT_MS);
  const response = await egress
    .fetch(`${settings.baseUrl}/api/auth/session`, {
      redirect: 'manual',
      headers,
      signal: AbortSignal.any([signal, limit]),
    })
    .catch((thrown: unknown) => {
      throw limit.aborted && !signal.aborted
        ? unreadableFault('timeout')
        : egressFault(thrown, signal);
    });
  if (response.status !== 200) throw await httpFault(response, Date.now());
  const reply = parseRecord(await readText(response.body, MAX_REPLY_BYTES)) ?? {};
  const status = text(reply['status']).toLowerCase();
  if (status === 'unauthenticated' || status === 'blocked') throw accountStateFault(status);
  const userId = idIn(reply);
  if (!UUID.test(userId)) throw unreadableFault('no user id');
  return userId;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The first of the places where the id is known to stand. */
function idIn(reply: Json): string {
  const user = record(reply['user']);
  const places = [
    record(reply['session'])?.['userId'],
    user?.['id'],
    user?.['userId'],
    user?.['sub'],
    reply['id'],
    reply['userId'],
    reply['sub'],
  ];
  return places.map(text).find((id) => id !== '') ?? '';
}
