import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { type Answer, headOf } from './answers/encode.ts';
import { CHAT, DRAWING, GATEWAY_CHAT, GATEWAY_SESSION, SESSION } from './answers/grok.ts';
import { OPENAI_STREAM, OPENAI_WHOLE } from './answers/openai.ts';
import { CLOSE_FRAME, ClientFrames } from './answers/socket-frames.ts';
import { FIRST_PART_MS, PART_MS, type UpstreamOrder } from './wire.ts';

/**
 * The upstream of all sides: an official API, the Grok site and its files, each answering at once, in
 * a process of its own, as cheap as can be. It reads of a request what tells it which answer is
 * meant and nothing else, and counts what it answered.
 */

const order: { pace: 'burst' | 'paced'; drawMs: number } = { pace: 'burst', drawMs: 0 };
let answered = 0;

function answer(socket: Socket, request: string): void {
  answered++;
  if (request.startsWith('GET /api/auth/session')) socket.write(SESSION);
  else if (request.startsWith('GET /files/')) sendFile(socket, request);
  else if (!request.startsWith('POST /rest/')) sendOpenAi(socket, request);
  else if (request.includes('"message":"Image Generation: ')) sendDrawing(socket);
  else send(socket, CHAT);
}

function sendOpenAi(socket: Socket, request: string): void {
  if (request.includes('"stream":true')) send(socket, OPENAI_STREAM);
  else socket.write(OPENAI_WHOLE);
}

function sendDrawing(socket: Socket): void {
  if (order.drawMs === 0) socket.write(DRAWING.whole);
  else setTimeout(() => socket.write(DRAWING.whole), order.drawMs);
}

/** Beginnings by which files are told apart. */
const FILE_HEADS = { jpg: '\xff\xd8\xff\xe0', mp4: '\0\0\0\x18ftypisom' } as const;
const TYPES = { jpg: 'image/jpeg', mp4: 'video/mp4' } as const;

/** `/files/<bytes>.jpg` and `.mp4`: a file of so many bytes, whole. */
function sendFile(socket: Socket, request: string): void {
  const [, bytes = '0', name] = /^GET \/files\/(\d+)\.(\w+)/.exec(request) ?? [];
  const kind = name === 'mp4' ? 'mp4' : 'jpg';
  const body = Buffer.alloc(Number(bytes));
  body.write(FILE_HEADS[kind], 'latin1');
  socket.write(headOf(TYPES[kind], body.length));
  socket.write(body);
}

function send(socket: Socket, { pieces, whole }: Answer): void {
  if (order.pace === 'burst') socket.write(whole);
  else trickle(socket, pieces, 0);
}

function trickle(socket: Socket, pieces: readonly Buffer[], n: number): void {
  setTimeout(
    () => {
      socket.write(pieces[n] ?? '');
      if (n + 1 < pieces.length) trickle(socket, pieces, n + 1);
    },
    n === 0 ? FIRST_PART_MS : PART_MS,
  );
}

/** One request after the other on a connection: head, then a body of the length it names. */
function serve(socket: Socket): void {
  let pending = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  const read = (data: Buffer): void => {
    pending += data.toString('latin1');
    for (;;) {
      const head = pending.indexOf('\r\n\r\n');
      if (head === -1) return;
      if (pending.startsWith('GET /ws/')) {
        socket.off('data', read);
        converse(socket, pending);
        return;
      }
      const length = /content-length: *(\d+)/i.exec(pending.slice(0, head))?.[1] ?? '0';
      const end = head + 4 + Number(length);
      if (pending.length < end) return;
      answer(socket, pending.slice(0, end));
      pending = pending.slice(end);
    }
  };
  socket.on('data', read);
}

const ACCEPT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The gateway: a session for whoever opens one, the answer for whoever asks. */
function converse(socket: Socket, handshake: string): void {
  const key = /sec-websocket-key: *(\S+)/i.exec(handshake)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}${ACCEPT}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  const frames = new ClientFrames();
  socket.on('data', (data) => {
    for (const message of frames.push(data)) {
      if (message === null) socket.end(CLOSE_FRAME);
      else if (message.includes('"session.create"')) socket.write(GATEWAY_SESSION);
      else if (message.includes('"response.create"')) {
        answered++;
        send(socket, GATEWAY_CHAT);
      }
    }
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', report);
process.on('message', ({ pace, drawMs }: UpstreamOrder) => {
  order.pace = pace ?? order.pace;
  order.drawMs = drawMs ?? order.drawMs;
  report();
});
process.on('disconnect', () => process.exit());

function report(): void {
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  process.send?.({ port, answered });
}
