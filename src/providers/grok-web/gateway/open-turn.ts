import type { SocketReply } from '../../../egress/egress';
import type { Attempt, ProviderError } from '../../provider';
import { newAnswer } from '../answer-state';
import { egressFault, httpFault } from '../faults';
import { socketHeaders } from '../headers';
import { GatewayPartStream } from './part-stream';
import { GatewayTurn, type TurnAsk } from './turn';
import { forgetUserId, userIdFor } from './user-id';

/**
 * Opens `/ws/mgw/?uid=<user id>` and begins a turn on it.
 * @param tellsProgress as `newAnswer` has it.
 * @throws ProviderError a handshake that fails is judged like a REST answer of that status and body.
 */
export async function openTurn(
  attempt: Attempt,
  ask: TurnAsk,
  filterTags: readonly string[],
  tellsProgress = false,
): Promise<GatewayPartStream> {
  const { signal } = attempt;
  const userId = await userIdFor(attempt);
  signal.throwIfAborted();
  const reply = await connect(attempt, userId);
  if ('socket' in reply) {
    const turn = new GatewayTurn(ask, newAnswer(filterTags, tellsProgress), SOURCE);
    return new GatewayPartStream(reply.socket, turn, signal);
  }
  const failure: ProviderError = await httpFault(reply.response, Date.now());
  if (failure.outcome === 'revoked' || failure.outcome === 'banned') forgetUserId(attempt);
  throw failure;
}

const SOURCE = { uuid: () => crypto.randomUUID(), now: () => Date.now() };

async function connect(attempt: Attempt, userId: string): Promise<SocketReply> {
  const { settings, secret, egress, signal } = attempt;
  const headers = socketHeaders(secret, settings, userId);
  try {
    return await egress.openSocket(`${settings.baseUrl}/ws/mgw/?uid=${userId}`, {
      redirect: 'manual',
      headers,
      signal,
    });
  } catch (thrown) {
    throw egressFault(thrown, signal);
  }
}
