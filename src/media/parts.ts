import { SECOND_MS } from '../lib/time';
import type { MediaRow } from '../store/media';
import { PART_BYTES, PART_CACHE_TTL_S } from './limits';
import type { Slice } from './range';

/** A read of a stream costs the same for four kilobytes, which is what it gives unasked, and for many. */
const PIECE_BYTES = PART_BYTES / 8;

/** Which of an object's bytes are under which key of KV. */
type Stored = Pick<MediaRow, 'name' | 'etag' | 'createdAt' | 'sizeBytes'>;

/**
 * `image/p_…#<etag>.<time>.<n>`: a refill never mixes with what is being read, and never uses a key that
 * an edge may remember as absent.
 */
export function partKey(
  { name, etag, createdAt }: Omit<Stored, 'sizeBytes'>,
  index: number,
): string {
  return `${name}#${etag}.${createdAt.toString(36)}.${index}`;
}

/** All keys of an object in KV. */
export function partKeys(stored: Stored): string[] {
  const count = Math.max(1, Math.ceil(stored.sizeBytes / PART_BYTES));
  return Array.from({ length: count }, (_, index) => partKey(stored, index));
}

/**
 * Reads a slice of an object, part by part; the stream knows its length. A slice that is one part goes to
 * the reader as KV gives it.
 * @param onMissing - called when a later part is not there: the stream breaks off.
 * @returns null when its first part is not there.
 */
export async function readParts(
  kv: KVNamespace,
  stored: Stored,
  { offset, length }: Slice,
  onMissing: () => void = () => {},
): Promise<ReadableStream<Uint8Array> | null> {
  let index = Math.floor(offset / PART_BYTES);
  const first = await openPart(kv, stored, index);
  const partBytes = Math.min(PART_BYTES, stored.sizeBytes - index * PART_BYTES);
  if (first === null || (offset % PART_BYTES === 0 && length === partBytes)) return first;
  let reader = first.getReader({ mode: 'byob' });
  let skip = offset % PART_BYTES;
  let left = length;

  /** The next bytes of the slice. @throws when a part is not there. */
  async function next(): Promise<Uint8Array> {
    for (;;) {
      const wanted = Math.min(skip > 0 ? skip : left, PIECE_BYTES);
      const { value, done } = await reader.readAtLeast(wanted, new Uint8Array(wanted));
      if (done) {
        index++;
        const part = await openPart(kv, stored, index);
        if (part === null) {
          onMissing();
          throw new Error('a part of a cached object is missing');
        }
        reader = part.getReader({ mode: 'byob' });
      } else if (skip > 0) {
        skip -= value.length;
      } else {
        return value;
      }
    }
  }

  const slice = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = await next();
        left -= bytes.length;
        controller.enqueue(bytes);
        if (left > 0) return;
        controller.close();
        await reader.cancel();
      },
      cancel: () => reader.cancel(),
    },
    { highWaterMark: 0 },
  );
  const { readable, writable } = new FixedLengthStream(length);
  // Whoever reads the stream sees its failure.
  void slice.pipeTo(writable).catch(() => undefined);
  return readable;
}

function openPart(
  kv: KVNamespace,
  stored: Stored,
  index: number,
): Promise<ReadableStream<Uint8Array> | null> {
  return kv.get(partKey(stored, index), { type: 'stream', cacheTtl: PART_CACHE_TTL_S });
}

/** Writes an object into KV as it comes, a part at a time; one write is under way while the next part fills. */
export class PartWriter {
  readonly #kv: KVNamespace;
  readonly #object: Pick<MediaRow, 'name' | 'etag' | 'createdAt' | 'expiresAt'>;
  #part: Uint8Array;
  #filled = 0;
  #index = 0;
  #writing: Promise<void> = Promise.resolve();

  /** @param sizeBytes - of the whole object, where it is known. */
  constructor(
    kv: KVNamespace,
    object: Pick<MediaRow, 'name' | 'etag' | 'createdAt' | 'expiresAt'>,
    sizeBytes: number | null,
  ) {
    this.#kv = kv;
    this.#object = object;
    this.#part = new Uint8Array(Math.min(sizeBytes ?? PART_BYTES, PART_BYTES));
  }

  async write(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#filled === PART_BYTES) await this.#flush();
      this.#grow(rest.length);
      const taken = rest.subarray(0, this.#part.length - this.#filled);
      this.#part.set(taken, this.#filled);
      this.#filled += taken.length;
      rest = rest.subarray(taken.length);
    }
  }

  /** Writes what is left and waits for all of it. */
  async finish(): Promise<void> {
    if (this.#filled > 0 || this.#index === 0) await this.#flush();
    await this.#writing;
  }

  /** Takes back what was written. */
  async abandon(): Promise<void> {
    await this.#writing.catch(() => undefined);
    for (let index = 0; index < this.#index; index++) {
      await this.#kv.delete(partKey(this.#object, index));
    }
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const bytes = this.#part.subarray(0, this.#filled);
    this.#writing = this.#kv.put(partKey(this.#object, this.#index), bytes, {
      expiration: Math.floor(this.#object.expiresAt / SECOND_MS),
    });
    // Its failure is thrown where it is waited for.
    this.#writing.catch(() => undefined);
    this.#index++;
    this.#part = new Uint8Array(PART_BYTES);
    this.#filled = 0;
  }

  /** Makes room when upstream sends more than it announced. */
  #grow(bytes: number): void {
    if (this.#filled + bytes <= this.#part.length || this.#part.length === PART_BYTES) return;
    const larger = new Uint8Array(PART_BYTES);
    larger.set(this.#part.subarray(0, this.#filled));
    this.#part = larger;
  }
}
