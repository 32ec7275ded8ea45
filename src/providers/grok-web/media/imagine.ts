import { ProviderError, type DrawCall, type PartStream } from '../../provider';
import { cutFault, egressFault, httpFault, unreadableFault } from '../faults';
import { socketHeaders } from '../headers';
import { parseRecord } from '../narrow';
import { conclude, isUncounted, shortFault } from './conclude';
import { FedStream, type Feed } from './fed-stream';
import { ImagineBatch } from './imagine-batch';
import { imagineMessages } from './imagine-request';

/** How long the socket may be silent. Ms. */
export interface ImagineWaits {
  /** After a picture has ended, while others are open: they are given up. */
  readonly stallMs: number;
  /** When every picture is drawn, for upstream's judgement of them. */
  readonly verdictMs: number;
  /** When all that upstream has begun is drawn, for the others that were asked for. */
  readonly roundMs: number;
}

const WAITS: ImagineWaits = { stallMs: 15_000, verdictMs: 2_000, roundMs: 2_000 };

/**
 * Draws one batch over a socket, `GET /ws/imagine/listen`: one that is held for this credential, else a
 * new one. The site may draw fewer pictures at a time than it is asked for: the rest is asked for again
 * for as long as a round brings something. Only after a batch that ended well is a socket kept: after any
 * other, upstream may still be drawing. A batch that upstream has begun is counted whole. How long it may
 * take in all is for the call's signal to say.
 *
 * @param pro asks for the better of the socket's two models.
 */
export function drawOverSocket(call: DrawCall, pro: boolean, waits = WAITS): PartStream {
  const spending = { units: 0 };
  const work = async ({ push, signal }: Feed) => {
    const batch = new ImagineBatch(call.task.n);
    const line = new Line({ ...call, signal });
    const onAsked = (): void => {
      spending.units = call.model.units * call.task.n;
    };
    let failure: ProviderError | null = null;
    let isOver = false;
    try {
      while (!isOver) {
        const { begun } = batch;
        failure = await drawRound(batch, line, { push, signal, waits, pro, onAsked });
        const isWorthMore = batch.isShort && batch.begun > begun && !saysMore(failure);
        isOver = !isWorthMore;
        if (isWorthMore) push(...batch.takeRipe());
      }
    } finally {
      line.end(failure === null && batch.isDone);
    }
    if (failure !== null && !batch.hasBegun && isUncounted(failure)) spending.units = 0;
    push(...batch.takeRipe());
    const why = reasonOf(batch, failure);
    conclude(batch.slots, () => why, push);
  };
  return new FedStream(call.signal, () => spending.units, work);
}

interface Round extends Listening {
  readonly pro: boolean;
  readonly onAsked: () => void;
}

/**
 * Asks for the pictures that upstream has not begun yet.
 * @returns why the round ended badly; null when it did not. @throws as `open`, before any picture.
 */
async function drawRound(
  batch: ImagineBatch,
  line: Line,
  { pro, onAsked, ...listening }: Round,
): Promise<ProviderError | null> {
  const requestId = crypto.randomUUID();
  const task = { ...line.call.task, n: batch.slots.count - batch.begun };
  const messages = imagineMessages(task, { requestId, pro }, Date.now());
  batch.expect(requestId);
  const isFirst = !batch.hasBegun;
  try {
    const held = line.told(messages);
    const socket = held ?? (await line.open());
    // What is sent and who listens belong together: nothing is awaited in between.
    if (held === null) send(socket, messages);
    onAsked();
    const failure = await listen(socket, batch, listening);
    if (failure?.code === 'upstream_cut') line.end(false);
    return failure;
  } catch (thrown) {
    if (isFirst || !(thrown instanceof ProviderError)) throw thrown;
    return thrown;
  }
}

/** Upstream closes some sockets after a round of its own size; any other failure would come again. */
function saysMore(failure: ProviderError | null): boolean {
  return failure !== null && failure.code !== 'upstream_cut';
}

/** What upstream said of the pictures tells more than how the socket ended. */
function reasonOf(batch: ImagineBatch, failure: ProviderError | null): ProviderError {
  if (failure !== null && failure.outcome !== 'faulty') return failure;
  const unsaid = batch.isShort ? shortFault('fewer pictures') : unreadableFault('picture missing');
  return batch.failure() ?? failure ?? unsaid;
}

/** The socket of a batch: the one that is held for its credential, then the one it has opened. */
class Line {
  readonly call: DrawCall;
  #socket: WebSocket | null;

  constructor(call: DrawCall) {
    this.call = call;
    this.#socket = call.sockets?.take(call.tokenId) ?? null;
  }

  /**
   * @returns the socket, once it was told this; null when there is none. One that takes nothing was closed
   * while it was idle: nothing was asked of it.
   */
  told(messages: readonly string[]): WebSocket | null {
    if (this.#socket === null) return null;
    try {
      send(this.#socket, messages);
      return this.#socket;
    } catch {
      this.end(false);
      return null;
    }
  }

  /** @throws ProviderError */
  async open(): Promise<WebSocket> {
    return (this.#socket = await open(this.call));
  }

  end(isReusable: boolean): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    const { sockets, tokenId } = this.call;
    if (isReusable && sockets !== undefined) sockets.give(tokenId, socket);
    else close(socket);
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
  const { begun } = batch;
  const wait = () => {
    clearTimeout(timer);
    // A further round that begins nothing ends as the first would.
    const isRoundDrawn = batch.isShort && batch.begun > begun;
    if (isRoundDrawn) timer = setTimeout(() => resolve(null), waits.roundMs);
    else if (batch.isRipe) timer = setTimeout(() => resolve(null), waits.verdictMs);
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
  if (batch.hasEnded) wait();
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
