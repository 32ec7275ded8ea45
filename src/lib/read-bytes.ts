/** What was read of a body, and whether that was all of it. */
export interface BytesRead {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** False when the body went on beyond the limit; the rest was not read. */
  readonly whole: boolean;
}

/** Reads a body up to a limit and stops early beyond it. @throws whatever the body throws. */
export async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<BytesRead> {
  if (body === null) return { bytes: new Uint8Array(), whole: true };
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let whole = false;
  try {
    while (length <= maxBytes) {
      const { value, done } = await reader.read();
      if (done) {
        whole = true;
        break;
      }
      chunks.push(value);
      length += value.length;
    }
  } finally {
    // A body that failed rejects here as well; its error is already on its way.
    if (!whole) void reader.cancel().catch(() => undefined);
  }
  return { bytes: join(chunks, Math.min(length, maxBytes)), whole };
}

/** The chunks as one, cut at `length`. */
function join(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    const room = length - offset;
    bytes.set(chunk.length > room ? chunk.subarray(0, room) : chunk, offset);
    offset += Math.min(chunk.length, room);
  }
  return bytes;
}
