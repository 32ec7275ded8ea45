import { describe, expect, it } from 'vitest';
import { directEgress, type Door } from '../../src/egress/direct';
import { EgressError } from '../../src/egress/egress';

const ADDRESS = 'https://grok.com/ws/mgw/?uid=1';

/** An upstream that takes the socket, greets at once and repeats what it hears. */
function greeting(asked: { url: string; headers: Headers }[]): Door {
  return {
    fetch: (url, init) => {
      asked.push({ url, headers: new Headers(init.headers) });
      const { 0: client, 1: server } = new WebSocketPair();
      server.accept();
      server.send('welcome');
      server.addEventListener('message', ({ data }) => server.send(data));
      return Promise.resolve(new Response(null, { status: 101, webSocket: client }));
    },
  };
}

describe('Egress.openSocket', () => {
  it('gives a socket that loses nothing said before its first listener', async () => {
    const asked: { url: string; headers: Headers }[] = [];
    const reply = await directEgress(greeting(asked)).openSocket(ADDRESS, {
      headers: { origin: 'https://grok.com' },
    });
    if (!('socket' in reply)) throw new Error('no socket');
    const { socket } = reply;
    const heard: unknown[] = [];
    socket.addEventListener('message', ({ data }) => void heard.push(data));
    socket.send('hello');
    await expect.poll(() => heard).toEqual(['welcome', 'hello']);
    socket.close(1000);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toBe(ADDRESS);
    expect(asked[0]?.headers.get('upgrade')).toBe('websocket');
    expect(asked[0]?.headers.get('origin')).toBe('https://grok.com');
  });

  it('gives any other answer as it is, status and body', async () => {
    const egress = directEgress({
      fetch: () => Promise.resolve(Response.json({ code: 8 }, { status: 429 })),
    });
    const reply = await egress.openSocket(ADDRESS, {});
    if (!('response' in reply)) throw new Error('no response');
    expect(reply.response.status).toBe(429);
    expect(await reply.response.json()).toEqual({ code: 8 });
  });

  it('fails like a fetch', async () => {
    const failing = (thrown: unknown) => directEgress({ fetch: () => Promise.reject(thrown) });
    const unsent = failing(new TypeError('Invalid header value.')).openSocket(ADDRESS, {});
    await expect(unsent).rejects.toBeInstanceOf(EgressError);
    const lost = new Error('Network connection lost.');
    await expect(failing(lost).openSocket(ADDRESS, {})).rejects.toBe(lost);
  });
});
