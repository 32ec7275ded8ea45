import { createServer, request, type Server } from 'node:http';

/** Something between a browser and the gateway that counts the bytes of bodies on their way. */
export interface CountingProxy {
  readonly url: string;
  bytes(): number;
  close(): void;
}

/** @param page - HTML that is served at `/page`. */
export async function startCountingProxy(origin: string, page: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(origin);
  let bytes = 0;
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
      reply.on('data', (chunk: Buffer) => (bytes += chunk.length));
      reply.pipe(answer);
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

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return address.port;
}
