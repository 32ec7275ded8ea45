/** Frames of RFC 6455, as much of them as the bench needs: whole messages below 64 KiB. */

const FIN = 0x80;
const TEXT = 0x1;
const CLOSE = 0x8;
const LENGTH_16 = 126;
const MASK_BYTES = 4;

/** One message of a server. */
export function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  if (body.length < LENGTH_16) return Buffer.concat([Buffer.of(FIN | TEXT, body.length), body]);
  const head = Buffer.of(FIN | TEXT, LENGTH_16, body.length >> 8, body.length & 0xff);
  return Buffer.concat([head, body]);
}

/** A server's word that it closes as well. */
export const CLOSE_FRAME = Buffer.of(FIN | CLOSE, 2, 0x03, 0xe8);

/** Messages of a client, unmasked; null stands for its close. Takes bytes as they come. */
export class ClientFrames {
  #pending: Buffer = Buffer.alloc(0);

  push(data: Buffer): (string | null)[] {
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    const messages: (string | null)[] = [];
    for (;;) {
      const [first, second] = this.#pending;
      if (first === undefined || second === undefined) return messages;
      const isLong = (second & 0x7f) === LENGTH_16;
      const head = (isLong ? 4 : 2) + MASK_BYTES;
      if (this.#pending.length < head) return messages;
      const end = head + (isLong ? this.#pending.readUInt16BE(2) : second & 0x7f);
      if (this.#pending.length < end) return messages;
      const mask = this.#pending.subarray(head - MASK_BYTES, head);
      const body = Buffer.from(this.#pending.subarray(head, end));
      for (let n = 0; n < body.length; n++) body[n] = (body[n] ?? 0) ^ (mask[n % MASK_BYTES] ?? 0);
      messages.push((first & 0xf) === CLOSE ? null : body.toString('utf8'));
      this.#pending = this.#pending.subarray(end);
    }
  }
}
