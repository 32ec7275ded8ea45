import { parseRecord } from '../../lib/ndjson';
import { faulty } from './faults';

/** One chunk object of a stream, or one whole completion. Its fields are looked at where they are used. */
export type Frame = Readonly<Record<string, unknown>>;

/** Longest line of a stream: a whole tool call or a long reasoning block in one frame. */
export const MAX_LINE_BYTES = 4 * 1_024 * 1_024;

/**
 * Reads one line of an event stream.
 *
 * @returns a frame, `done` for `[DONE]`, or null for comments, blank lines and other fields.
 * @throws ProviderError when data is not a JSON object.
 */
export function readLine(line: string): Frame | 'done' | null {
  if (!line.startsWith('data:')) return null;
  const data = line.slice(line.charCodeAt(5) === 0x20 ? 6 : 5);
  if (data === '') return null;
  if (data.startsWith('[DONE]')) return 'done';
  return readAnswer(data);
}

/** Reads a JSON object. @throws ProviderError when it is none. */
export function readAnswer(text: string): Frame {
  const frame = parseRecord(text);
  if (frame === null) {
    throw faulty('The provider sent an answer that cannot be read.', 'malformed JSON');
  }
  return frame;
}
