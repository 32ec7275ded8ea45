import { ProviderError, type DrawCall, type PartStream } from '../../provider';
import { cutFault, egressFault, httpFault, unreadableFault } from '../faults';
import { socketHeaders } from '../headers';
import { parseRecord } from '../narrow';
import { conclude, isUncounted } from './conclude';
import { FedStream, type Feed } from './fed-stream';
import { ImagineBatch } from './imagine-batch';
import { imagineMessages } from './imagine-request';

/** How long the socket may be silent. Ms. */
export interface ImagineWaits {
  /** After a picture has ended, while others are open: they are given up. */
  readonly stallMs: number;
  /** When every picture is drawn, for upstream's judgement of them. */
  readonly verdictMs: number;
}

const WAITS: ImagineWaits = { stallMs: 15_000, verdictMs: 2_000 };

/**
 * Draws one batch over a socket of its own: `GET /ws/imagine/listen`. A batch that upstream has begun
 * is counted whole. How long it may take in all is for the call's signal to say.
 *
 * @param pro asks for the better of the socket's two models.
 */
export function drawOverSocket(call: DrawCall, pro: boolean, waits = WAITS): PartStream {
  const spending = { units: 0 };
  const work = async ({ push, signal }: Feed) => {
    const requestId = crypto.randomUUID();
    const batch = new ImagineBatch(call.task.n, requestId);
    const socket = await open({ ...call, signal });
    let failure: ProviderError | null;
    try {
      send(socket, imagineMessages(call.task, { requestId, pro }, Date.now()));
      spending.units = call.model.units * call.task.n;
      failure = await listen(socket, batch, { push, signal, waits });
    } finally {
      close(socket);
    }
    if (failure !== null && !batch.hasBegun && isUncounted(failure)) spending.units = 0;
    push(...batch.takeRipe());
    const why = reasonOf(batch, failure);
    conclude(batch.slots, () => why, push);
  };
  return new FedStream(call.signal, () => spending.units, work);
}

/** What upstream said of the pictures tells more than how the socket ended. */
function reasonOf(batch: ImagineBatch, failure: ProviderError | null): ProviderError {
  if (failure !== null && failure.outcome !== 'faulty') return failure;
  return batch.failure() ?? failure ?? unreadableFault('picture missing');
}

async function open({ settings, secret, egress, signal }: DrawCall): Promise<WebSocket> {
  const headers = socketHeaders(secret, settings, null);
  const reply = await egress
    .openSocket(`${settings.baseUrl}/ws/imagine/listen`, { headers, redirect: 'manual', signal })
    .catch((thrown: unknown) => {
      throw egressFault(thrown, signal);
    });
  if ('response' in reply) throw await httpFault(reply.response, Date.now());
  if (!signal.aborted) return reply.socket;
  close(reply.socket);
  throw signal.reason;
}

/** A socket that is closing already takes nothing more. */
function send(socket: WebSocket, messages: readonly string[]): void {
  try {
    for (const message of messages) socket.send(message);
  } catch (thrown) {
    throw cutFault('socket closed', thrown);
  }
}

interface Listening extends Feed {
  readonly waits: ImagineWaits;
}

/**
 * Reads the socket until the batch is done. @returns why it ended earlier; null when it was done.
 * @throws the signal's reason.
 */
function listen(
  socket: WebSocket,
  batch: ImagineBatch,
  { push, signal, waits }: Listening,
): Promise<ProviderError | null> {
  const { promise, resolve, reject } = Promise.withResolvers<ProviderError | null>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const wait = () => {
    clearTimeout(timer);
    if (batch.isRipe) timer = setTimeout(() => resolve(null), waits.verdictMs);
    else if (batch.hasEnded) timer = setTimeout(() => resolve(stalledFault()), waits.stallMs);
  };
  const read = (data: unknown) => {
    const frame = typeof data === 'string' && !isOver ? parseRecord(data) : null;
    const parts = frame === null ? null : batch.step(frame);
    if (parts === null) return;
    push(...parts);
    if (batch.isDone) resolve(null);
    else wait();
  };
  socket.addEventListener('message', ({ data }) => {
    try {
      read(data);
    } catch (thrown) {
      if (thrown instanceof ProviderError) resolve(thrown);
      else reject(thrown);
    }
  });
  socket.addEventListener('close', () => resolve(cutFault('socket closed')));
  socket.addEventListener('error', () => resolve(cutFault('socket failed')));
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise.finally(() => {
    isOver = true;
    clearTimeout(timer);
  });
}

/** Previews came, and the picture did not. */
function stalledFault(): ProviderError {
  return new ProviderError(
    'The upstream did not finish a picture in time.',
    'faulty',
    'upstream_timeout',
    { retryable: true, reason: 'imagine stalled' },
  );
}

function close(socket: WebSocket): void {
  try {
    socket.close(1_000, 'done');
  } catch {
    // It has been closed already.
  }
}
