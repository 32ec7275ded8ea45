import { type Egress, EgressError } from './egress';

/** Something with a `fetch`: a service binding. */
export interface Door {
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/**
 * The straight way out: through the `EGRESS` binding where there is one, else plain `fetch`.
 *
 * Throws EgressError only where it is proven that nothing left. The runtime says `Network connection
 * lost.` both when a connection was refused and when it was reset after upstream had read the
 * request (seen on workerd 1.20261023): such errors pass as they are, and their units count as spent.
 * In production the edge answers most connect and TLS failures with a status of 521 to 530 instead.
 *
 * @param door - `env.EGRESS`; undefined in production.
 */
export function directEgress(door: Door | undefined): Egress {
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    try {
      return await (door === undefined ? fetch(url, init) : door.fetch(url, init));
    } catch (thrown) {
      // With our own signal aborted, the way out is not to blame, whatever was thrown.
      if (init.signal?.aborted === true || !isUnsent(thrown)) throw thrown;
      throw new EgressError('The request could not be sent.', { cause: thrown });
    }
  };
  return {
    fetch: send,
    async openSocket(url, init) {
      const headers = new Headers(init.headers);
      headers.set('upgrade', 'websocket');
      const response = await send(url, { ...init, headers });
      const socket = response.webSocket;
      if (socket === null || socket === undefined) return { response };
      socket.accept();
      return { socket };
    },
  };
}

/** `fetch` refused the call itself: an unusable address or header, or no subrequest left. */
function isUnsent(thrown: unknown): boolean {
  if (thrown instanceof TypeError) return true;
  return thrown instanceof Error && /too many subrequests/i.test(thrown.message);
}
