import { PARTS } from '../wire.ts';

/** An answer ready to be written: a piece for each part and one for the end. */
export interface Answer {
  readonly pieces: readonly Buffer[];
  /** All of it. */
  readonly whole: Buffer;
}

/** The text of part `n`, the same in every dialect. */
export const partText = (n: number) => `tok${String(n).padStart(2, '0')} and some words `;
export const TEXTS = Array.from({ length: PARTS }, (_, n) => partText(n));

export function answerOf(pieces: readonly Buffer[]): Answer {
  return { pieces, whole: Buffer.concat(pieces) };
}

/** A whole HTTP answer of known length. */
export function wholeHttp(type: string, body: string): Buffer {
  return Buffer.from(`${headOf(type, Buffer.byteLength(body))}${body}`);
}

export function headOf(type: string, bytes: number): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${bytes}\r\n\r\n`;
}

/** A streamed HTTP answer: its head, texts that each are a piece, and the end. */
export function chunkedHttp(type: string, texts: readonly string[], end: string): Answer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;
  const pieces = texts.map((text, n) => Buffer.from(`${n === 0 ? head : ''}${chunk(text)}`));
  return answerOf([...pieces, Buffer.from(`${chunk(end)}0\r\n\r\n`)]);
}

const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
