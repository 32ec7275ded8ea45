import { createServer, type IncomingMessage } from 'node:http';

/** A server of the operator's own: a provider that speaks OpenAI's dialect, and a backend of usage. */
export interface OwnUpstream {
  readonly url: string;
  /** The `authorization` of each request to a path, in order. */
  seen(path: string): readonly (string | undefined)[];
  close(): Promise<void>;
}

const CHUNK = {
  id: 'own',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'deepseek-chat',
  choices: [{ index: 0, delta: { content: 'My own words.' }, finish_reason: 'stop' }],
};

export async function startOwnUpstream(): Promise<OwnUpstream> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    request.on('end', () => {
      response.setHeader('content-type', 'text/event-stream');
      response.end(`data: ${JSON.stringify(CHUNK)}\n\ndata: [DONE]\n\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen: (path) =>
      requests.filter(({ url }) => url === path).map(({ headers }) => headers.authorization),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
