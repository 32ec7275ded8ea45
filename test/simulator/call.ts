import type { CallAsk, CallReply, Ended, EndedCall, SimulatorEnv } from './ledger';
import { ledgerOf } from './ledger';
import { recordedBody, recordedHeaders } from './recording';

/** Where a request is played: the Worker's context and the URL it stands for. */
export interface Stage {
  readonly env: SimulatorEnv;
  readonly ctx: ExecutionContext;
  readonly request: Request;
  /** The played address; differs from `request.url` under `/__host/…`. */
  readonly url: URL;
}

/** What the ledger must know of a call; what is left out is nothing. */
export type CallFacts = Partial<
  Pick<CallAsk, 'charge' | 'luck' | 'files' | 'newFile' | 'follows' | 'promptPrefix'>
> & { readonly credential: string; readonly bodyText?: string };

/** The client left; nothing more needs to be answered. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** Thrown inside a body: the stream breaks off here. */
export class CutHere extends Error {
  override readonly name = 'CutHere';
}

const SEND_AFTER_MS = 2;
const encoder = new TextEncoder();

// Ends that wait to be sent, of every request of this isolate: plain data, so any request may send them.
const pendingEnds: EndedCall[] = [];

/** Sends the ends that this isolate knows of. */
export async function sendEnds(env: SimulatorEnv): Promise<void> {
  if (pendingEnds.length === 0) return;
  await ledgerOf(env).ends(pendingEnds.splice(0));
}

/** Records a call with the ledger and, when it has a charge, asks whether it is accepted. */
export async function openCall(stage: Stage, facts: CallFacts): Promise<Call> {
  const { request, url } = stage;
  const { credential, bodyText = '', ...rest } = facts;
  const reply = await ledgerOf(stage.env).begin({
    charge: null,
    luck: { once500: false, flakyPercent: 0 },
    files: [],
    newFile: null,
    follows: null,
    promptPrefix: null,
    ...rest,
    credential,
    host: url.hostname,
    method: request.method,
    path: url.pathname + url.search,
    requestId: request.headers.get('x-xai-request-id') ?? request.headers.get('x-request-id'),
    headersJson: JSON.stringify(recordedHeaders(request.headers)),
    bodyJson: recordedBody(bodyText),
  });
  return new Call(stage, reply);
}

/** One recorded call on its way to its end. */
export class Call {
  readonly #leaving = new AbortController();
  readonly #finished = Promise.withResolvers<void>();
  #hasEnded = false;

  constructor(
    stage: Stage,
    readonly reply: CallReply,
  ) {
    const { request, ctx, env } = stage;
    const leave = () => this.#leave(null);
    if (request.signal.aborted) leave();
    else request.signal.addEventListener('abort', leave, { once: true });
    // Holds the request's context open, so that a client's leaving can still be told.
    ctx.waitUntil(
      this.#finished.promise.then(() => scheduler.wait(SEND_AFTER_MS)).then(() => sendEnds(env)),
    );
  }

  /** @throws ClientGone when the client leaves meanwhile. */
  async wait(ms: number): Promise<void> {
    if (ms <= 0) return;
    try {
      await scheduler.wait(ms, { signal: this.#leaving.signal });
    } catch (cause) {
      throw new ClientGone('The client left.', { cause });
    }
  }

  /** Says nothing until the client leaves or ten minutes have passed. */
  async silence(): Promise<never> {
    await this.wait(600_000);
    throw new CutHere('Silent for too long.');
  }

  /** Answers at once with a whole response. */
  answer(response: Response): Response {
    this.#end('complete', response.status);
    return response;
  }

  /** Answers with a body that is made while it is read; its end or the client's leaving is recorded. */
  stream(body: AsyncGenerator<string | Uint8Array>, contentType: string): Response {
    const headers = { 'content-type': contentType, 'cache-control': 'no-cache' };
    return new Response(this.#readable(body, 200), { status: 200, headers });
  }

  /** The same for a file; `lengthBytes` is announced, null announces none. */
  streamFile(
    body: AsyncGenerator<Uint8Array>,
    init: {
      readonly status: number;
      readonly headers: Headers;
      readonly lengthBytes: number | null;
    },
  ): Response {
    const { status, headers, lengthBytes } = init;
    const readable = this.#readable(body, status);
    if (lengthBytes === null) return new Response(readable, { status, headers });
    // A length can only be announced by a stream that keeps it. A client that leaves ends the pipe.
    const { readable: sized, writable } = new FixedLengthStream(lengthBytes);
    readable.pipeTo(writable).catch(() => {});
    return new Response(sized, { status, headers });
  }

  #readable(body: AsyncGenerator<string | Uint8Array>, status: number): ReadableStream<Uint8Array> {
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      try {
        const { value, done } = await body.next();
        if (done !== true) {
          controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value);
          return;
        }
        controller.close();
        this.#end('complete', status);
      } catch (error) {
        if (error instanceof ClientGone) return;
        this.#end('cut', status);
        controller.error(error);
      }
    };
    return new ReadableStream<Uint8Array>(
      { pull, cancel: () => this.#leave(status) },
      { highWaterMark: 0 },
    );
  }

  /** The answer over a socket is whole, or was broken off. The handshake's 101 is its status. */
  closed(ended: 'complete' | 'cut'): void {
    this.#end(ended, 101);
  }

  /** The client closed its socket; waits end. Nothing when the call has ended. */
  left(): void {
    this.#leave(101);
  }

  #leave(status: number | null): void {
    this.#end('cancelled', status);
    this.#leaving.abort();
  }

  #end(ended: Ended, status: number | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    pendingEnds.push({ seq: this.reply.seq, status, ended });
    this.#finished.resolve();
  }
}
