import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FrameReader, MAX_FRAME_CHARS } from '../../../src/providers/grok-web/frames';

const A = { result: { response: { token: 'a "quoted" \\ {brace' } } };
const B = { result: { response: { token: '}é阿🏞️', nested: [{ x: {} }, { y: [] }] } } };
const [a, b] = [JSON.stringify(A), JSON.stringify(B)];

const encode = (text: string) => new TextEncoder().encode(text);

function readAll(text: string, cuts: readonly number[] = []) {
  const reader = new FrameReader();
  const bytes = encode(text);
  const frames: unknown[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    frames.push(...reader.push(bytes.subarray(from, to)));
    from = to;
  }
  frames.push(...reader.end());
  return frames;
}

const FRAMINGS: Readonly<Record<string, string>> = {
  'one object a line': `${a}\n${b}\n`,
  'lines that end with CRLF': `${a}\r\n${b}\r\n`,
  'a last line without its end': `${a}\n${b}`,
  'objects back to back': `${a}${b}`,
  'objects back to back, then a line end': `${a}${b}\n`,
  'data lines with [DONE]': `data: ${a}\n\ndata: ${b}\n\ndata: [DONE]\n\n`,
  'data lines without a space': `data:${a}\ndata:${b}\ndata:[DONE]`,
  'event and comment lines between': `event: message\ndata: ${a}\n\n: beat\nid: 1\n{oops}\n\ndata: ${b}\n`,
  'blank lines and text between': `\n\n  \n${a}\nnot json\n<html>\n"text"\n[1]\n${b}\n`,
  'objects over several lines': `${JSON.stringify(A, null, 2)}\n${JSON.stringify(B, null, 2)}`,
  'a byte order mark ahead': `\uFEFF${a}\n${b}\n`,
  'a broken object ahead of a whole one': `{"open":"never closed\n${a}\n{"result"\n${b}\n`,
  'bytes after [DONE], which are not read': `data: ${a}\ndata: ${b}\ndata: [DONE]\n${a}\n{"cut`,
};

describe('FrameReader', () => {
  it.each(Object.entries(FRAMINGS))('reads %s', (_name, text) => {
    expect(readAll(text)).toEqual([A, B]);
  });

  it.each(Object.entries(FRAMINGS))(
    'reads %s wherever the chunks are cut (D-37)',
    (_name, text) => {
      const length = encode(text).length;
      for (let at = 1; at < length; at++) expect(readAll(text, [at])).toEqual([A, B]);
      expect(
        readAll(
          text,
          Array.from({ length }, (_, at) => at),
        ),
      ).toEqual([A, B]);
    },
  );

  it('hands a frame out as soon as its brace closes, without waiting for a line end', () => {
    const reader = new FrameReader();
    expect(reader.push(encode(a.slice(0, 20)))).toEqual([]);
    expect(reader.push(encode(a.slice(20)))).toEqual([A]);
  });

  it('fails as cut when the stream ends inside an object', () => {
    const reader = new FrameReader();
    expect(reader.push(encode(`${a}\n${b.slice(0, -3)}`))).toEqual([A]);
    expect(() => reader.end()).toThrow(
      expect.objectContaining({ name: 'ProviderError', outcome: 'faulty', code: 'upstream_cut' }),
    );
  });

  it('refuses a frame beyond its limit, in one chunk or many (D-34)', () => {
    const chunk = encode('x'.repeat(1024 * 1024));
    const reader = new FrameReader();
    reader.push(encode('{"token":"'));
    const push = () => {
      for (let count = 0; count <= MAX_FRAME_CHARS / chunk.length; count++) reader.push(chunk);
    };
    expect(push).toThrow(expect.objectContaining({ outcome: 'faulty', code: 'upstream_error' }));
    const whole = encode(`{"token":"${'x'.repeat(MAX_FRAME_CHARS)}"`);
    expect(() => new FrameReader().push(whole)).toThrow(
      expect.objectContaining({ outcome: 'faulty' }),
    );
  });

  it('skips lines of any length without holding them', () => {
    const reader = new FrameReader();
    for (let count = 0; count < 12; count++) reader.push(encode('x'.repeat(1024 * 1024)));
    expect(reader.push(encode(`\n${a}\n`))).toEqual([A]);
  });

  it('reads the frames of a fixture, whatever stands between them', () => {
    const url = new URL('../../fixtures/grok-web/strange.ndjson', import.meta.url);
    const text = readFileSync(url, 'utf8');
    const frames = readAll(text);
    expect(frames).toHaveLength(17);
    expect(frames).toContainEqual({ unrelated: { at: 1 } });
  });
});
