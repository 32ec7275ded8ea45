import { cutFault, unreadableFault } from './faults';
import { parseRecord, type Json } from './narrow';

/** Longest frame that is held, in UTF-16 units. */
export const MAX_FRAME_CHARS = 8 * 1024 * 1024;

const DATA_PREFIX = 'data:';
const DONE_MARK = '[DONE]';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Cuts a byte stream into frames: JSON objects, whichever way they are told apart. Understands one
 * object a line, `data:` lines with a closing `[DONE]`, and objects back to back; other lines are
 * skipped. An object that turns out broken is dropped, and reading goes on with the next.
 *
 * A line that is one whole object is parsed as it stands. Only what is not — an object without its
 * line end, or several on one line — is scanned for its closing brace, and each chunk only once.
 */
export class FrameReader {
  readonly #decoder = new TextDecoder();
  #mode: 'between' | 'skipping' | 'inside' = 'between';
  /** Start of a line that may become `data:` or `[DONE]`, at most five characters. */
  #prefix = '';
  /** The unfinished object, by chunk, and the scanner's place in it. */
  #pieces: string[] = [];
  #chars = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Last character outside strings that is no white space. */
  #last = 0;
  #done = false;

  /** The stream has said that it ended; what follows is not read. */
  get done(): boolean {
    return this.#done;
  }

  /** @throws ProviderError `faulty` when a frame grows beyond the limit. */
  push(chunk: Uint8Array): Json[] {
    return this.#read(this.#decoder.decode(chunk, { stream: true }));
  }

  /** @throws ProviderError `upstream_cut` when the stream ends inside a frame. */
  end(): Json[] {
    const frames = this.#read(this.#decoder.decode());
    if (this.#mode === 'inside' && !this.#done) throw cutFault('cut inside a frame');
    return frames;
  }

  #read(chunk: string): Json[] {
    const frames: Json[] = [];
    const text = this.#prefix + chunk;
    this.#prefix = '';
    for (let at = 0; at < text.length && !this.#done;) {
      switch (this.#mode) {
        case 'between':
          at = this.#between(text, at, frames);
          break;
        case 'skipping':
          at = this.#skip(text, at);
          break;
        case 'inside':
          at = this.#inside(text, at, frames);
          break;
      }
    }
    return frames;
  }

  /** Looks at what comes next, outside any object. @returns where to go on. */
  #between(text: string, from: number, frames: Json[]): number {
    let at = from;
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (at === text.length) return at;
    if (text.charCodeAt(at) === OPEN) return this.#open(text, at, frames);
    if (text.startsWith(DATA_PREFIX, at)) return at + DATA_PREFIX.length;
    if (text.startsWith(DONE_MARK, at)) {
      this.#done = true;
      return text.length;
    }
    const rest = text.slice(at, at + DONE_MARK.length);
    if (
      at + rest.length === text.length &&
      (DATA_PREFIX.startsWith(rest) || DONE_MARK.startsWith(rest))
    ) {
      this.#prefix = rest;
      return text.length;
    }
    this.#mode = 'skipping';
    return at;
  }

  #skip(text: string, from: number): number {
    const lineEnd = text.indexOf('\n', from);
    if (lineEnd === -1) return text.length;
    this.#mode = 'between';
    return lineEnd + 1;
  }

  #open(text: string, at: number, frames: Json[]): number {
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd !== -1 && lineEnd - at <= MAX_FRAME_CHARS) {
      const frame = parseRecord(text.slice(at, lineEnd));
      if (frame !== null) {
        frames.push(frame);
        return lineEnd + 1;
      }
    }
    this.#mode = 'inside';
    this.#restart();
    return at;
  }

  #restart(): void {
    this.#pieces = [];
    this.#chars = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#last = 0;
  }

  /** Scans for the end of the object, which began here or in an earlier chunk. */
  #inside(text: string, from: number, frames: Json[]): number {
    let start = from;
    for (let at = from; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (this.#inString) {
        if (char === NEWLINE) {
          // A raw line end cannot stand in a JSON string: the object is broken and its line is over.
          this.#mode = 'between';
          return at + 1;
        }
        this.#stepString(char);
        continue;
      }
      if (char === QUOTE) {
        this.#inString = true;
      } else if (char === OPEN) {
        if (this.#depth > 0 && !canPrecedeObject(this.#last)) {
          // No JSON has an object here: what came before was broken, and this is the next frame.
          this.#restart();
          start = at;
        }
        this.#depth++;
      } else if (char === CLOSE && --this.#depth === 0) {
        const frame = parseRecord(this.#pieces.join('') + text.slice(start, at + 1));
        if (frame !== null) frames.push(frame);
        this.#mode = 'between';
        return at + 1;
      }
      if (!isSpace(char)) this.#last = char;
    }
    this.#keep(start === 0 ? text : text.slice(start));
    return text.length;
  }

  #stepString(char: number): void {
    if (this.#escaped) {
      this.#escaped = false;
    } else if (char === BACKSLASH) {
      this.#escaped = true;
    } else if (char === QUOTE) {
      this.#inString = false;
      this.#last = QUOTE;
    }
  }

  #keep(piece: string): void {
    this.#chars += piece.length;
    if (this.#chars > MAX_FRAME_CHARS) throw unreadableFault('frame too long');
    this.#pieces.push(piece);
  }
}

function isSpace(char: number): boolean {
  return char === 0x20 || char === NEWLINE || char === 0x0d || char === 0x09;
}

/** `:`, `,` and `[`: the only characters after which JSON can open a nested object. */
function canPrecedeObject(char: number): boolean {
  return char === 0x3a || char === 0x2c || char === 0x5b;
}
