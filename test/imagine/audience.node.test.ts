import { describe, expect, it } from 'vitest';
import { Audience, type SocketHost } from '../../src/imagine/audience';
import { TOO_SLOW } from '../../src/imagine/clients';
import { MAX_ALL_BEHIND_BYTES, MAX_BEHIND_BYTES } from '../../src/imagine/limits';
import type { Passing } from '../../src/imagine/protocol';

/** A client at a socket, as its host sees it. */
class Line {
  readyState = 1;
  heard: string[] = [];
  ended: [number, string] | null = null;
  pingedAt: Date | null = null;

  send(text: string): void {
    this.heard.push(text);
  }

  close(code: number, reason: string): void {
    this.readyState = 2;
    this.ended = [code, reason];
  }

  serializeAttachment(): void {}
  deserializeAttachment(): unknown {
    return { format: 'url', keyId: 'key_1', ip: null, origin: 'https://gw.test' };
  }
}

const ATTACHMENT = { format: 'url', keyId: 'key_1', ip: null, origin: 'https://gw.test' } as const;
const FIRST: Passing = {
  type: 'attached',
  session: 's',
  first_seq: null,
  last_seq: null,
  run_id: null,
};

function newAudience() {
  const lines: Line[] = [];
  const host = {
    getWebSockets: () => lines,
    acceptWebSocket: (line: Line) => void lines.push(line),
    getWebSocketAutoResponseTimestamp: (line: Line) => line.pingedAt,
  };
  // SAFETY: an audience asks of its host and sockets what `Line` has.
  const audience = new Audience(host as unknown as SocketHost, () => undefined);
  const attach = (): Line => {
    const line = new Line();
    // SAFETY: as above.
    audience.addSocket(line as unknown as WebSocket, ATTACHMENT, FIRST, []);
    line.heard = [];
    return line;
  };
  let seq = 0;
  const event = (chars: number): void =>
    audience.event({ seq: (seq += 1), json: `{"pad":"${'x'.repeat(chars)}"}` }, null);
  const preview = (chars: number): void =>
    audience.preview(0, {
      type: 'preview',
      run_id: 'r',
      slot: 0,
      progress: 50,
      b64_json: 'x'.repeat(chars),
    });
  return { audience, attach, event, preview };
}

const MEBI = 1_048_576;

describe('a socket that gives no sign of life', () => {
  it('gets no more previews once half of what may wait is on its way, but every event', () => {
    const { attach, event, preview } = newAudience();
    const line = attach();
    for (let n = 0; n < 10; n++) preview(MEBI);
    expect(line.heard.length).toBe(MAX_BEHIND_BYTES / MEBI / 2 - 1);
    event(100);
    expect(line.heard.at(-1)).toContain('"pad"');
    expect(line.ended).toBeNull();
  });

  it('is closed with the reason when events pile up, and never holds more than it may', () => {
    const { attach, event } = newAudience();
    const line = attach();
    for (let n = 0; n < 20; n++) event(MEBI);
    expect(line.ended).toEqual([1_013, TOO_SLOW.message]);
    expect(line.heard.join('').length).toBeLessThanOrEqual(MAX_BEHIND_BYTES);
    expect(new TextEncoder().encode(TOO_SLOW.message).length).toBeLessThanOrEqual(123);
  });

  it('holds all the less the more are attached', () => {
    const { attach, event } = newAudience();
    const lines = Array.from({ length: 32 }, attach);
    for (let n = 0; n < 40; n++) event(MEBI / 4);
    const held = lines.reduce((sum, { heard }) => sum + heard.join('').length, 0);
    expect(held).toBeLessThanOrEqual(MAX_ALL_BEHIND_BYTES);
  });
});

describe('a socket that says something now and then', () => {
  it.each(['a message', 'a ping'])('(%s) hears everything', (sign) => {
    const { audience, attach, event, preview } = newAudience();
    const line = attach();
    for (let n = 1; n <= 20; n++) {
      event(MEBI);
      preview(MEBI);
      // SAFETY: as in `newAudience`.
      if (sign === 'a message') audience.heard(line as unknown as WebSocket);
      else line.pingedAt = new Date(n);
    }
    expect(line.heard).toHaveLength(40);
    expect(line.ended).toBeNull();
  });
});

describe('an event stream', () => {
  /** All of it, as text. */
  const read = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text();

  it('that nobody reads is bounded in bytes, and ends with the reason', async () => {
    const { audience, event, preview } = newAudience();
    const stream = audience.addStream('url', FIRST, []);
    for (let n = 0; n < 10; n++) preview(MEBI);
    for (let n = 0; n < 20; n++) event(MEBI);
    expect(audience.count()).toBe(0);
    const text = await read(stream);
    expect(text.length).toBeLessThanOrEqual(MAX_BEHIND_BYTES + 1_000);
    expect(text.match(/"type":"preview"/g)).toHaveLength(MAX_BEHIND_BYTES / MEBI / 2 - 1);
    expect(text.trimEnd().endsWith(JSON.stringify(TOO_SLOW))).toBe(true);
  });

  it('whose reader keeps up hears everything', async () => {
    const { audience, event } = newAudience();
    const stream = audience.addStream('url', FIRST, []);
    const reader = stream.getReader();
    // The words it begins with.
    await reader.read();
    for (let n = 1; n <= 20; n++) {
      event(MEBI);
      const { value } = await reader.read();
      expect(value?.length).toBeGreaterThan(MEBI);
    }
    expect(audience.count()).toBe(1);
    await reader.cancel();
    expect(audience.count()).toBe(0);
  });
});
