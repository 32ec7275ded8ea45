import { AppError } from '../errors';
import { admitAlone, admitTogether, type OnWait } from '../pool/admissions';
import { type Connect, callPool } from '../pool/client';
import type {
  Admission,
  AdmitReply,
  Ask,
  Refusal,
  RequestReply,
  Settlement,
  UnknownKey,
  Versions,
} from '../pool/call';
import { putBackSettlements, type SettlementPort, takeSettlements } from '../pool/settlements';
import { findKeyById } from '../store/key-lookup';
import { type Caller, invalidKey } from './api-key';
import { forgetKey } from './key-cache';

/** What asking the pool for a caller needs. */
export interface AdmissionPort extends SettlementPort {
  readonly connect: Connect;
  readonly db: D1Database;
  /** The pool's settings version: the answer waits until this isolate goes by it. */
  readonly onSettingsVersion: (version: number) => Promise<void> | void;
}

/**
 * Asks the pool to admit a call, with the settlements that are waiting. A key that the pool lacks is
 * read from D1 afresh, never from a cache, and handed over.
 *
 * @param onWait - with it, the call may wait for another of this isolate to ask for both.
 * @throws AppError `pool_overloaded`, `invalid_api_key`
 */
export async function admitCaller(
  port: AdmissionPort,
  caller: Caller,
  ask: Ask,
  onWait?: OnWait,
): Promise<Admission | Refusal> {
  const send = (asks: readonly Ask[]) => askPool(port, asks);
  const hold = (work: Promise<unknown>): void => port.waitUntil(work);
  const reply =
    MAY_WAIT_FOR_OTHERS && onWait !== undefined
      ? await admitTogether(port.pool, ask, send, hold, onWait)
      : await admitAlone(ask, send);
  return finish(port, caller, reply, (keyVersion) => admitAlone({ ...ask, keyVersion }, send));
}

async function askPool(port: AdmissionPort, asks: readonly Ask[]): Promise<readonly AdmitReply[]> {
  const taken = takeSettlements(port.pool);
  try {
    return await callPool(port.connect, (pool) => pool.admit(asks, taken));
  } catch (thrown) {
    putBackSettlements(port, taken);
    throw thrown;
  }
}

/** Ends an attempt and asks for another credential. @throws AppError as `admitCaller`. */
export async function retryCaller(
  port: AdmissionPort,
  caller: Caller,
  ended: Settlement,
): Promise<Admission | Refusal> {
  const again = (): Promise<AdmitReply> => callPool(port.connect, (pool) => pool.retry(ended));
  return finish(port, caller, await again(), again);
}

/**
 * Counts a request that asks nothing of a provider against the key's RPM.
 * @throws AppError as `admitCaller`.
 */
export async function takeRequest(
  port: AdmissionPort,
  caller: Caller,
  ip: string | null,
): Promise<Exclude<RequestReply, UnknownKey>> {
  const again = (): Promise<RequestReply> =>
    callPool(port.connect, (pool) => pool.takeRequest({ keyId: caller.key.id, ip }));
  return finish(port, caller, await again(), again);
}

/**
 * A request that waits for another one goes on within its own, as of the compatibility date 2024-10-14.
 * Without that it would go on within the other's, where it cannot use its own connections.
 */
const MAY_WAIT_FOR_OTHERS =
  Cloudflare.compatibilityFlags['handle_cross_request_promise_resolution'] === true;

type Known = { readonly ok: true; readonly versions: Versions } | Refusal;

async function finish<Reply extends Known>(
  port: AdmissionPort,
  caller: Caller,
  first: Reply | UnknownKey,
  again: (keyVersion: number) => Promise<Reply | UnknownKey>,
): Promise<Reply> {
  let reply = first;
  if (isUnknown(reply)) reply = await again(await handOver(port, caller));
  if (isUnknown(reply)) {
    throw new AppError('internal', 'The gateway could not hand over this API key.');
  }
  noteKey(caller, reply);
  await port.onSettingsVersion(reply.versions.settings);
  return reply;
}

function isUnknown(reply: Known | UnknownKey): reply is UnknownKey {
  return !reply.ok && reply.code === 'unknown_key';
}

/** Gives the pool the key as D1 has it. @returns its version. */
async function handOver(port: AdmissionPort, caller: Caller): Promise<number> {
  const key = await findKeyById(port.db, caller.key.id);
  if (key === null) {
    forgetKey(caller.presented);
    throw invalidKey();
  }
  const { version } = await callPool(port.connect, (pool) => pool.putKey(key));
  caller.key = key;
  caller.version = version;
  return version;
}

/** The pool is the truth: another version means that what the isolate remembers is old. */
function noteKey(
  caller: Caller,
  reply: { readonly versions: Versions } & ({ ok: true } | Refusal),
): void {
  if (!reply.ok && reply.code === 'invalid_api_key') forgetKey(caller.presented);
  if (reply.versions.key === caller.version) return;
  caller.version = reply.versions.key;
  caller.readAt = 0;
}
