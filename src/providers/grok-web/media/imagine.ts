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
 * Draws one batch over a socket, `GET /ws/imagine/listen`: one that is held for this credential, else a
 * new one. Only after a batch that ended well is a socket kept: after any other, upstream may still be
 * drawing. A batch that upstream has begun is counted whole. How long it may take in all is for the
 * call's signal to say.
 *
 * @param pro asks for the better of the socket's two models.
 */
export function drawOverSocket(call: DrawCall, pro: boolean, waits = WAITS): PartStream {
  const spending = { units: 0 };
  const work = async ({ push, signal }: Feed) => {
    const requestId = crypto.randomUUID();
    const batch = new ImagineBatch(call.task.n, requestId);
    const messages = imagineMessages(call.task, { requestId, pro }, Date.now());
    const held = heldSocket(call, messages);
    const socket = held ?? (await open({ ...call, signal }));
    let failure: ProviderError | null;
    let isReusable = false;
    try {
      // What is sent and who listens belong together: nothing is awaited in between.
      if (held === null) send(socket, messages);
      spending.units = call.model.units * call.task.n;
      failure = await listen(socket, batch, { push, signal, waits });
      isReusable = failure === null && batch.isDone;
    } finally {
      if (isReusable && call.sockets !== undefined) call.sockets.give(call.tokenId, socket);
      else close(socket);
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

/**
 * The socket that is held for this credential, once it was told this. One that takes nothing was closed
 * while it was idle: nothing was asked of it, and another is opened.
 */
function heldSocket(call: DrawCall, messages: readonly string[]): WebSocket | null {
  const socket = call.sockets?.take(call.tokenId) ?? null;
  if (socket === null) return null;
  try {
    send(socket, messages);
    return socket;
  } catch {
    close(socket);
    return null;
  }
}

async function open({ settings, secret, egress, signal }: DrawCall): Promise<WebSocket> {
  const headers = socketHeaders(secret, settings, null);
  // The call's own signal would close a socket that outlives the call.
  const handshake = new AbortController();
  const stop = (): void => handshake.abort(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const reply = await egress
    .openSocket(`${settings.baseUrl}/ws/imagine/listen`, {
      headers,
      redirect: 'manual',
      signal: handshake.signal,
    })
    .catch((thrown: unknown) => {
      throw egressFault(thrown, signal);
    })
    .finally(() => signal.removeEventListener('abort', stop));
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
  // The next batch on this socket has listeners of its own.
  const listening = new AbortController();
  const until = { signal: listening.signal };
  const hear = ({ data }: MessageEvent): void => {
    try {
      read(data);
    } catch (thrown) {
      if (thrown instanceof ProviderError) resolve(thrown);
      else reject(thrown);
    }
  };
  socket.addEventListener('message', hear, until);
  socket.addEventListener('close', () => resolve(cutFault('socket closed')), until);
  socket.addEventListener('error', () => resolve(cutFault('socket failed')), until);
  signal.addEventListener('abort', () => reject(signal.reason), { once: true, ...until });
  return promise.finally(() => {
    isOver = true;
    listening.abort();
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
