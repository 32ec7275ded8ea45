/** The one way out to an upstream. Nothing outside this folder calls `fetch`. */
export interface Egress {
  /** @throws EgressError when the connection could not be made. */
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/** Nothing reached upstream, as far as can be told: DNS, connect or TLS failed. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
}
