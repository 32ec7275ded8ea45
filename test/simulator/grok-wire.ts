import type { Script } from './faults';
import type { GrokFrame } from './grok-frames';
import { split } from './text';

/** Lines that are no frames: to be skipped. */
const GARBAGE = ['not json at all', '', ': keep-alive', '<html>', 'event: message', ''].join('\n');

/** Frames as the bytes of the stream, in the framing that the script asks for. */
export function grokWire(
  frames: AsyncGenerator<GrokFrame>,
  script: Script,
): AsyncGenerator<string | Uint8Array> {
  const text = script.has('nonewline') ? unended(lines(frames, script)) : lines(frames, script);
  return script.has('split') ? split(text) : text;
}

async function* lines(frames: AsyncGenerator<GrokFrame>, script: Script): AsyncGenerator<string> {
  const events = script.has('dataprefix');
  const ending = events ? '\n\n' : script.has('joined') ? '' : '\n';
  for await (const frame of frames) {
    yield `${events ? 'data: ' : ''}${JSON.stringify(frame)}${ending}`;
    if (script.has('badjson')) yield GARBAGE;
  }
  if (events) yield `data: [DONE]${ending}`;
}

/** The same text without the newlines at its end; each piece waits for the next to know. */
async function* unended(pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  let last: string | null = null;
  for await (const piece of pieces) {
    if (last !== null) yield last;
    last = piece;
  }
  if (last !== null) yield last.trimEnd();
}
