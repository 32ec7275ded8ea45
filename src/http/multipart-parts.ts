/** The wire of `multipart/form-data` (RFC 7578, RFC 2046 5.1): bytes in, parts out. */

/** One part whose header has been read. Its bytes must be read before the next part is asked for. */
export interface IncomingPart {
  readonly name: string;
  readonly filename: string | null;
  readonly mime: string;
  /** @throws what `tooLarge` makes, once more than `maxBytes` have come. */
  read(maxBytes: number, tooLarge: () => Error): Promise<Uint8Array<ArrayBuffer>>;
}

/** Limits of the whole, and the errors that say so. */
export interface SplitRules {
  readonly maxTotalBytes: number;
  readonly tooLarge: () => Error;
  readonly notWhole: () => Error;
}

const MAX_HEADER_BYTES = 8 * 1_024;
/** Text before the first boundary means nothing; this much of it is borne. */
const MAX_PREAMBLE_BYTES = 8 * 1_024;
const HEADER_END = ascii('\r\n\r\n');

/** Cuts a body into its parts. Ends after the closing boundary; what follows it is not read. */
export async function* splitParts(
  body: ReadableStream<Uint8Array>,
  boundary: string,
  rules: SplitRules,
): AsyncGenerator<IncomingPart, void, undefined> {
  const source = new Source(body, rules);
  const delimiter = ascii(`\r\n--${boundary}`);
  try {
    await source.readTo(delimiter, MAX_PREAMBLE_BYTES, rules.notWhole);
    while (!(await source.isAtEnd())) {
      const header = await source.readTo(HEADER_END, MAX_HEADER_BYTES, rules.notWhole);
      const { name, filename, mime } = parseHeader(new TextDecoder().decode(header));
      if (name === null) throw rules.notWhole();
      let isRead = false;
      const read: IncomingPart['read'] = (maxBytes, tooLarge) => {
        isRead = true;
        return source.readTo(delimiter, maxBytes, tooLarge);
      };
      yield { name, filename, mime, read };
      if (!isRead) throw rules.notWhole();
    }
  } finally {
    source.close();
  }
}

/** A body that is read up to one mark after the other. Holds one chunk and what is being collected. */
class Source {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #rules: SplitRules;
  /** Starts with a line end: the first boundary stands on the first line. */
  #held: Uint8Array = ascii('\r\n');
  #total = 0;

  constructor(body: ReadableStream<Uint8Array>, rules: SplitRules) {
    this.#reader = body.getReader();
    this.#rules = rules;
  }

  /** All bytes before the mark; the mark itself is skipped. */
  async readTo(
    mark: Uint8Array,
    maxBytes: number,
    tooLarge: () => Error,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const held = this.#held;
      const at = indexOf(held, mark);
      // The mark may be cut by the end of the chunk: its beginning is kept for the next look.
      const end = at === -1 ? Math.max(0, held.length - mark.length + 1) : at;
      length += end;
      if (length > maxBytes) throw tooLarge();
      if (end > 0) pieces.push(held.subarray(0, end));
      if (at !== -1) {
        this.#held = held.subarray(at + mark.length);
        return join(pieces, length);
      }
      this.#held = held.subarray(end);
      await this.#more();
    }
  }

  /** After a boundary: two dashes end the form, a line end goes on with a header. */
  async isAtEnd(): Promise<boolean> {
    while (this.#held.length < 2) await this.#more();
    if (this.#held[0] === DASH && this.#held[1] === DASH) return true;
    // Spaces may pad the line of a boundary.
    while (this.#held[0] === SPACE || this.#held[0] === TAB) {
      this.#held = this.#held.subarray(1);
      while (this.#held.length < 2) await this.#more();
    }
    if (this.#held[0] !== CR || this.#held[1] !== LF) throw this.#rules.notWhole();
    return false;
  }

  close(): void {
    // A body that failed rejects here as well; its error is already on its way.
    void this.#reader.cancel().catch(() => undefined);
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#reader.read();
    if (done) throw this.#rules.notWhole();
    this.#total += value.length;
    if (this.#total > this.#rules.maxTotalBytes) throw this.#rules.tooLarge();
    const { length } = this.#held;
    this.#held = length === 0 ? value : join([this.#held, value], length + value.length);
  }
}

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const SPACE = 0x20;
const TAB = 0x09;

/** Where a mark that begins with CR stands; -1 when it does not. CR is rare enough to hop along. */
function indexOf(bytes: Uint8Array, mark: Uint8Array): number {
  const last = bytes.length - mark.length;
  for (let at = bytes.indexOf(CR); at !== -1 && at <= last; at = bytes.indexOf(CR, at + 1)) {
    let same = 1;
    while (same < mark.length && bytes[at + same] === mark[same]) same += 1;
    if (same === mark.length) return at;
  }
  return -1;
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function parseHeader(text: string): {
  readonly name: string | null;
  readonly filename: string | null;
  readonly mime: string;
} {
  let disposition = '';
  let mime = '';
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const field = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (field === 'content-disposition') disposition = value;
    if (field === 'content-type') mime = (value.split(';', 1)[0] ?? '').trim().toLowerCase();
  }
  const isFormData = /^form-data\s*;/i.test(disposition);
  const filename = parameter(disposition, 'filename');
  return {
    name: isFormData ? parameter(disposition, 'name') : null,
    // Some senders give a path: only its last step is a name.
    filename: filename === null ? null : filename.slice(filename.lastIndexOf('/') + 1),
    mime,
  };
}

/** A parameter, quoted or bare; null when it is absent. Browsers write `"` as `%22`, others as `\"`. */
function parameter(disposition: string, name: string): string | null {
  const pattern = new RegExp(`;\\s*${name}=(?:"((?:\\\\.|[^"\\\\])*)"|([^;\\s"]+))`, 'i');
  const [, quoted, bare] = pattern.exec(disposition) ?? [];
  if (bare !== undefined) return bare;
  return quoted === undefined ? null : quoted.replace(/\\(["\\])/g, '$1').replace(/%22/g, '"');
}
