import { connect, type Socket } from 'node:net';
import { FIRST_TOKEN, type LoadJob, type LoadResult } from './wire.ts';

/**
 * The load: raw HTTP/1.1 over kept connections, in its own process, the same for both sides. Each
 * connection sends its next request when the last answer is whole; what comes is counted, not parsed.
 */

/** How an answer ends: after so many bytes, or with the last chunk. */
interface Answer {
  startedAt: number;
  head: string;
  status: string;
  /** Bytes of body still to come; −1 when chunked; null while the head is incomplete. */
  remaining: number | null;
  tail: string;
  hasToken: boolean;
}

class Run {
  readonly #job: LoadJob;
  readonly #totalMs: number[] = [];
  readonly #firstTokenMs: number[] = [];
  readonly #others: Record<string, number> = {};
  readonly #startedAt = performance.now();
  #sent = 0;
  #answered = 0;

  constructor(job: LoadJob) {
    this.#job = job;
  }

  async run(): Promise<LoadResult> {
    await Promise.all(Array.from({ length: this.#job.connections }, () => this.#connection()));
    return {
      elapsedMs: performance.now() - this.#startedAt,
      answered: this.#answered,
      others: this.#others,
      totalMs: this.#totalMs,
      firstTokenMs: this.#firstTokenMs,
    };
  }

  #connection(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect(this.#job.port, '127.0.0.1');
    const answer: Answer = newAnswer();
    socket.setNoDelay(true);
    socket.on('connect', () => this.#next(socket, answer));
    socket.on('data', (data) => {
      if (this.#read(answer, data)) this.#next(socket, answer);
    });
    socket.on('error', () => this.#note('reset'));
    socket.on('close', () => resolve());
    return promise;
  }

  #next(socket: Socket, answer: Answer): void {
    const { answers, windowMs, requests } = this.#job;
    if (this.#sent >= answers || performance.now() - this.#startedAt >= windowMs) {
      socket.end();
      return;
    }
    Object.assign(answer, newAnswer());
    socket.write(requests[this.#sent++ % requests.length] ?? '', 'latin1');
  }

  /** @returns whether the answer is whole. */
  #read(answer: Answer, data: Buffer): boolean {
    let body = data;
    if (answer.remaining === null) {
      const head = answer.head + data.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) {
        answer.head = head;
        return false;
      }
      body = data.subarray(end + 4 - answer.head.length);
      readHead(answer, head.slice(0, end));
    }
    if (!answer.hasToken && body.includes(FIRST_TOKEN)) {
      answer.hasToken = true;
      this.#firstTokenMs.push(performance.now() - answer.startedAt);
    }
    if (!isWhole(answer, body)) return false;
    this.#count(answer);
    return true;
  }

  #count(answer: Answer): void {
    this.#totalMs.push(performance.now() - answer.startedAt);
    if (answer.status.startsWith('2')) this.#answered++;
    else this.#note(answer.status);
  }

  #note(problem: string): void {
    this.#others[problem] = (this.#others[problem] ?? 0) + 1;
  }
}

function newAnswer(): Answer {
  const startedAt = performance.now();
  return { startedAt, head: '', status: '', remaining: null, tail: '', hasToken: false };
}

function readHead(answer: Answer, head: string): void {
  answer.status = head.slice(9, 12);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  answer.remaining = length === undefined ? -1 : Number(length);
}

/** A chunked body ends with an empty chunk; no data of ours looks like one. */
function isWhole(answer: Answer, body: Buffer): boolean {
  if (answer.remaining !== null && answer.remaining >= 0) {
    answer.remaining -= body.length;
    return answer.remaining <= 0;
  }
  answer.tail = (answer.tail + body.toString('latin1', Math.max(0, body.length - 7))).slice(-7);
  return answer.tail === '\r\n0\r\n\r\n';
}

process.on('message', (job: LoadJob) => {
  void new Run(job).run().then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
