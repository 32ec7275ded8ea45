import type { Script } from './faults';
import type { GatewayEvent } from './grok-gateway-events';

/** Text frames that are no messages: to be passed over. */
const GARBAGE = ['not json at all', '', '[]', '{"session_id":"x"}'];

/** Events as the text frames of a socket, in the framing that the script asks for. */
export class GatewayWire {
  /** Named in every envelope once it is known. */
  sessionId: string | null = null;
  readonly #socket: WebSocket;
  readonly #script: Script;
  #number = 0;
  #held = '';

  constructor(socket: WebSocket, script: Script) {
    this.#socket = socket;
    this.#script = script;
  }

  /** `joined` holds every other event back, so that two share a frame. */
  send(event: GatewayEvent): void {
    this.#number += 1;
    const text = JSON.stringify({
      ...(this.sessionId !== null && { session_id: this.sessionId }),
      event: { ...event, event_id: `srv_${this.#number}` },
    });
    const isPartOfAnswer = event.type.startsWith('response.') && event.type !== 'response.done';
    if (this.#script.has('joined') && isPartOfAnswer && this.#held === '') {
      this.#held = text;
      return;
    }
    this.#put(this.#held + text);
    this.#held = '';
    if (this.#script.has('badjson')) GARBAGE.forEach((line) => this.#put(line));
  }

  /** Sends what is held back. */
  flush(): void {
    if (this.#held === '') return;
    this.#put(this.#held);
    this.#held = '';
  }

  #put(text: string): void {
    // The client may have gone; its close event says so.
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }
}
