/** The one way out to an upstream. Nothing outside this folder calls `fetch`. */
export interface Egress {
  /** @throws EgressError when the connection could not be made. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /**
   * Asks for a WebSocket at an `https:` or `http:` address (not `wss:`), with the headers of `init`.
   *
   * The socket is accepted: listeners belong on it before anything else is awaited. Any answer but 101
   * comes back as it is, status and body, to be judged like that of a `fetch`.
   *
   * @throws EgressError as `fetch`.
   */
  openSocket(url: string, init: RequestInit): Promise<SocketReply>;
}

export type SocketReply = { readonly socket: WebSocket } | { readonly response: Response };

/** Nothing reached upstream, as far as can be told: DNS, connect or TLS failed. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
}
