import { createServer, type Socket } from 'node:net';
import { FIRST_PART_MS, PART_MS, PARTS, type Pace, type UpstreamOrder } from './wire.ts';

/**
 * The upstream of both sides: a provider that answers at once, in its own process, as cheap as can
 * be. It reads `stream` out of the body and nothing else, and counts what it answered.
 */

const event = (delta: object, rest: object = {}) =>
  `data: ${JSON.stringify({
    id: 'up-1',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'deepseek-chat',
    choices: [{ index: 0, delta, finish_reason: null }],
    ...rest,
  })}\n\n`;
const text = (n: number) => `tok${String(n).padStart(2, '0')} and some words `;
const usage = { prompt_tokens: 12, completion_tokens: 80, total_tokens: 92 };
const events = [
  ...Array.from({ length: PARTS }, (_, n) => event({ content: text(n) })),
  `${event({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage })}data: [DONE]\n\n`,
];
const message = {
  id: 'up-1',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'deepseek-chat',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: Array.from({ length: PARTS }, (_, n) => text(n)).join(''),
      },
      finish_reason: 'stop',
    },
  ],
  usage,
};

const chunk = (body: string) => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
const HEAD =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
const BURST = Buffer.from(`${HEAD}${chunk(events.join(''))}0\r\n\r\n`);
const JSON_BODY = JSON.stringify(message);
const WHOLE = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${JSON_BODY.length}\r\n\r\n${JSON_BODY}`,
);

let pace: Pace = 'burst';
let answered = 0;

function answer(socket: Socket, body: string): void {
  answered++;
  if (!body.includes('"stream":true')) socket.write(WHOLE);
  else if (pace === 'burst') socket.write(BURST);
  else trickle(socket, 0);
}

function trickle(socket: Socket, n: number): void {
  setTimeout(
    () => {
      socket.write(
        `${n === 0 ? HEAD : ''}${chunk(events[n] ?? '')}${n === PARTS ? '0\r\n\r\n' : ''}`,
      );
      if (n < PARTS) trickle(socket, n + 1);
    },
    n === 0 ? FIRST_PART_MS : PART_MS,
  );
}

/** One request after the other on a connection: head, then a body of the length it names. */
function serve(socket: Socket): void {
  let pending = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    pending += data.toString('latin1');
    for (;;) {
      const head = pending.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = /content-length: *(\d+)/i.exec(pending.slice(0, head))?.[1] ?? '0';
      const end = head + 4 + Number(length);
      if (pending.length < end) return;
      answer(socket, pending.slice(head, end));
      pending = pending.slice(end);
    }
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', report);
process.on('message', (order: UpstreamOrder) => {
  pace = order.pace ?? pace;
  report();
});
process.on('disconnect', () => process.exit());

function report(): void {
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  process.send?.({ port, answered });
}
