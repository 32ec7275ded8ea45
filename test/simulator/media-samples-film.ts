import { JPEG, MP4 } from './media-samples';

/** Bytes that are made where they are read, so that a large file is never held whole. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** The bytes from `from` up to, and without, `to`; the same at every reading. */
  read(from: number, to: number): Uint8Array<ArrayBuffer>;
}

/** A source over bytes that are there. */
export function bytesSource(bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return { sizeBytes: bytes.length, read: (from, to) => bytes.subarray(from, to) };
}

/** `head`, then filler up to `sizeBytes`. */
export function paddedSource(head: Uint8Array<ArrayBuffer>, sizeBytes: number): ByteSource {
  return patchedFiller(sizeBytes, [{ at: 0, bytes: head }]);
}

/** The sample film with a box of its own at the end, so that no two ids give the same bytes. */
export function filmOf(id: string): ByteSource {
  const text = new TextEncoder().encode(id);
  return bytesSource(joined([MP4, box('free', text)]));
}

/**
 * The sample film in a file of exactly `sizeBytes`, at least 256 KiB: its forty samples lie evenly
 * across the whole of it, so that whoever seeks must read from the middle.
 */
export function spreadFilm(sizeBytes: number): ByteSource {
  const samples = samplesOf(MP4);
  const ftyp = findBox(MP4, 'ftyp');
  const moov = findBox(MP4, 'moov');
  const headBytes = ftyp.length + withOffsets(moov, samples, () => 0).length + MDAT_HEAD_BYTES;
  const largest = Math.max(...samples.map((sample) => sample.length));
  const gap = Math.floor((sizeBytes - headBytes - largest) / Math.max(1, samples.length - 1));
  if (gap < largest) throw new RangeError('Too small a file for the film.');
  const offsetOf = (index: number) => headBytes + index * gap;
  const mdat = new Uint8Array(MDAT_HEAD_BYTES);
  new DataView(mdat.buffer).setUint32(0, sizeBytes - headBytes + MDAT_HEAD_BYTES);
  mdat.set(new TextEncoder().encode('mdat'), 4);
  const head = joined([ftyp, withOffsets(moov, samples, offsetOf), mdat]);
  return patchedFiller(sizeBytes, [
    { at: 0, bytes: head },
    ...samples.map((bytes, index) => ({ at: offsetOf(index), bytes })),
  ]);
}

type Bytes = Uint8Array<ArrayBuffer>;

const BOX_HEAD_BYTES = 8;
const MDAT_HEAD_BYTES = 8;
const SOI_BYTES = 2;
const CONTAINERS: ReadonlySet<string> = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
// A prime length, so that a reading that is off by a power of two is seen.
const FILLER = Uint8Array.from({ length: 65_521 }, (_, index) => (index * 31 + (index >> 8)) & 255);

function patchedFiller(
  sizeBytes: number,
  patches: readonly { readonly at: number; readonly bytes: Bytes }[],
): ByteSource {
  return {
    sizeBytes,
    read(from, to) {
      const out = new Uint8Array(to - from);
      for (let at = from; at < to;) {
        const start = at % FILLER.length;
        const piece = FILLER.subarray(start, start + to - at);
        out.set(piece, at - from);
        at += piece.length;
      }
      for (const { at, bytes } of patches) {
        const begin = Math.max(from, at);
        const end = Math.min(to, at + bytes.length);
        if (begin < end) out.set(bytes.subarray(begin - at, end - at), begin - from);
      }
      return out;
    },
  };
}

/** The film's samples in order: in the sample file they are one chunk. */
function samplesOf(file: Bytes): Bytes[] {
  const sizes = view(findBox(file, 'stsz'));
  const offsets = view(findBox(file, 'stco'));
  const count = sizes.getUint32(16);
  let at = offsets.getUint32(16);
  return Array.from({ length: count }, (_, index) => {
    const size = sizes.getUint32(20 + index * 4);
    at += size;
    return file.subarray(at - size, at);
  });
}

/** The same `moov`, but every sample is a chunk of its own, where `offsetOf` puts it. */
function withOffsets(
  moov: Bytes,
  samples: readonly Bytes[],
  offsetOf: (index: number) => number,
): Bytes {
  const rebuilt = boxesOf(moov.subarray(BOX_HEAD_BYTES)).map((child): Bytes => {
    const name = nameOf(child);
    if (CONTAINERS.has(name)) return withOffsets(child, samples, offsetOf);
    if (name === 'stsc') return box('stsc', words([0, 1, 1, 1, 1]));
    if (name !== 'stco') return child;
    return box('stco', words([0, samples.length, ...samples.map((_, index) => offsetOf(index))]));
  });
  return box(nameOf(moov), joined(rebuilt));
}

/** The first box of this name, however deep. */
function findBox(file: Bytes, name: string): Bytes {
  const walk = (boxes: readonly Bytes[]): Bytes | null => {
    for (const one of boxes) {
      if (nameOf(one) === name) return one;
      if (!CONTAINERS.has(nameOf(one))) continue;
      const inside = walk(boxesOf(one.subarray(BOX_HEAD_BYTES)));
      if (inside !== null) return inside;
    }
    return null;
  };
  const found = walk(boxesOf(file));
  if (found === null) throw new Error(`The sample film has no ${name}.`);
  return found;
}

function boxesOf(bytes: Bytes): Bytes[] {
  const boxes: Bytes[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = view(bytes).getUint32(at);
    boxes.push(bytes.subarray(at, at + size));
    at += size;
  }
  return boxes;
}

function box(name: string, body: Uint8Array): Bytes {
  const bytes = new Uint8Array(BOX_HEAD_BYTES + body.length);
  view(bytes).setUint32(0, bytes.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(body, BOX_HEAD_BYTES);
  return bytes;
}

function nameOf(one: Bytes): string {
  return new TextDecoder().decode(one.subarray(4, BOX_HEAD_BYTES));
}

function words(values: readonly number[]): Bytes {
  const bytes = new Uint8Array(values.length * 4);
  const at = view(bytes);
  for (const [index, value] of values.entries()) at.setUint32(index * 4, value);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function view(bytes: Bytes): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A JPEG that shows the same for every id, and no other id's bytes: the id is its comment. */
export function jpegOf(id: string): Bytes {
  const text = new TextEncoder().encode(id);
  const comment = new Uint8Array(4 + text.length);
  view(comment).setUint16(0, 0xff_fe);
  view(comment).setUint16(2, 2 + text.length);
  comment.set(text, 4);
  return joined([JPEG.subarray(0, SOI_BYTES), comment, JPEG.subarray(SOI_BYTES)]);
}
