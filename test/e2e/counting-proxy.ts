import { createServer, request, type Server } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** A line between a browser and the gateway that counts the bytes of bodies on their way. */
export interface CountingProxy {
  readonly url: string;
  bytes(): number;
  close(): void;
}

/** 8 Mbit/s. At the speed of the machine itself its buffers are full before the browser says that it has enough. */
const LINE_BYTES_PER_MS = 1_000;
const SLICE_BYTES = 16_384;

/** @param page - HTML that is served at `/page`. */
export async function startCountingProxy(origin: string, page: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(origin);
  let bytes = 0;
  let line = Promise.resolve();
  /** Slice by slice over the one line, each when the browser has room for it; a late timer is not made up for. */
  async function* paced(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        const slice = chunk.subarray(at, at + SLICE_BYTES);
        line = line.then(() => pause(slice.length / LINE_BYTES_PER_MS));
        await line;
        bytes += slice.length;
        yield slice;
      }
    }
  }
  const server = createServer((asked, answer) => {
    if (asked.url === '/page') {
      answer.setHeader('content-type', 'text/html');
      answer.end(page);
      return;
    }
    const { method, url: path } = asked;
    const headers = { ...asked.headers, host: `${hostname}:${port}` };
    const passed = request({ hostname, port, method, path, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      // A browser that has enough breaks off.
      pipeline(reply, paced, answer).catch(() => passed.destroy());
      answer.on('close', () => passed.destroy());
    });
    passed.on('error', () => answer.destroy());
    passed.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    bytes: () => bytes,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return address.port;
}
