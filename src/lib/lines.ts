const NEWLINE = 0x0a;

/** A line grew beyond the splitter's limit. The stream it came from cannot be trusted further. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';

  constructor(readonly maxLineBytes: number) {
    super(`A line is longer than ${maxLineBytes} bytes.`);
  }
}

/**
 * Cuts a byte stream into lines of text, as its chunks arrive. Lines end with `\n` or `\r\n`; the
 * last one may lack its end. Characters and line ends may be split over chunks.
 *
 * Holds at most one unfinished line, so memory is bounded by the limit and one chunk.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  readonly #maxLineBytes: number;
  /** Text of the unfinished line, and its bytes. Bytes of a split character are counted, not yet in the text. */
  #pending = '';
  #pendingBytes = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /**
   * @returns the lines that this chunk completes, without their ends; blank lines included.
   * @throws LineTooLongError when a line, finished or not, is beyond the limit.
   */
  push(chunk: Uint8Array): string[] {
    const lastEnd = chunk.lastIndexOf(NEWLINE);
    this.#measure(chunk, lastEnd);
    this.#pending += this.#decoder.decode(chunk, { stream: true });
    // Splitting would flatten what is pending anew with each chunk of a long line.
    if (lastEnd === -1) return [];
    const lines = this.#pending.split('\n');
    this.#pending = lines.pop() ?? '';
    return trimReturns(lines);
  }

  /** @returns the last line when it had no end, else nothing. */
  end(): string[] {
    const rest = this.#pending + this.#decoder.decode();
    this.#pending = '';
    this.#pendingBytes = 0;
    return rest === '' ? [] : trimReturns([rest]);
  }

  /** Counts bytes, not characters. Looks at single lines only when the chunk could hold one too long. */
  #measure(chunk: Uint8Array, lastEnd: number): void {
    if (this.#pendingBytes + chunk.length > this.#maxLineBytes) {
      let lineBytes = this.#pendingBytes;
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        this.#check(lineBytes + end - start);
        lineBytes = 0;
        start = end + 1;
      }
      this.#check(lineBytes + chunk.length - start);
    }
    this.#pendingBytes =
      lastEnd === -1 ? this.#pendingBytes + chunk.length : chunk.length - lastEnd - 1;
  }

  #check(lineBytes: number): void {
    if (lineBytes > this.#maxLineBytes) throw new LineTooLongError(this.#maxLineBytes);
  }
}

/** The same list, each line without its `\r`. */
function trimReturns(lines: string[]): string[] {
  for (const [index, line] of lines.entries()) {
    if (line.endsWith('\r')) lines[index] = line.slice(0, -1);
  }
  return lines;
}
