import { SNIFF_BYTES } from './types';

/** Reads as much as it takes to tell the type. */
export async function peek(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array[]> {
  const head: Uint8Array[] = [];
  let size = 0;
  while (size < SNIFF_BYTES) {
    const { value, done } = await reader.read();
    if (done) break;
    head.push(value);
    size += value.length;
  }
  return head;
}

export function firstBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const start = new Uint8Array(SNIFF_BYTES);
  let filled = 0;
  for (const chunk of chunks) {
    const taken = chunk.subarray(0, SNIFF_BYTES - filled);
    start.set(taken, filled);
    filled += taken.length;
  }
  return start.subarray(0, filled);
}

/** The stream again, with what was read of it in front. */
export function resume(
  head: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  const waiting = [...head];
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const first = waiting.shift();
        if (first !== undefined) {
          controller.enqueue(first);
          return;
        }
        const { value, done } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
