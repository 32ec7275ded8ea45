import { describe, expect, it } from 'vitest';
import { LineSplitter, LineTooLongError } from '../../src/lib/lines';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Feeds a text in chunks of `size` bytes and gives all of its lines. */
function linesOf(text: string, size: number, maxLineBytes = 1_000): string[] {
  const splitter = new LineSplitter(maxLineBytes);
  const whole = bytes(text);
  const lines: string[] = [];
  for (let at = 0; at < whole.length; at += size) {
    lines.push(...splitter.push(whole.subarray(at, at + size)));
  }
  return [...lines, ...splitter.end()];
}

describe('LineSplitter', () => {
  const TEXTS = [
    { name: 'plain lines', text: 'one\ntwo\n', lines: ['one', 'two'] },
    { name: 'a last line without an end', text: 'one\ntwo', lines: ['one', 'two'] },
    { name: 'CRLF', text: 'one\r\ntwo\r\n', lines: ['one', 'two'] },
    { name: 'blank lines', text: '\n\r\na\n\n', lines: ['', '', 'a', ''] },
    { name: 'a lone CR inside a line', text: 'a\rb\n', lines: ['a\rb'] },
    { name: 'characters of two to four bytes', text: 'é—\n漢字\n😀', lines: ['é—', '漢字', '😀'] },
    { name: 'nothing', text: '', lines: [] },
  ];
  for (const { name, text, lines } of TEXTS) {
    it(`gives ${name} alike for every size of chunk`, () => {
      for (const size of [1, 2, 3, 4, 5, 7, 1_000]) expect(linesOf(text, size)).toEqual(lines);
    });
  }

  it('hands out a line as soon as its end is there', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(bytes('da'))).toEqual([]);
    expect(splitter.push(bytes('ta\nre'))).toEqual(['data']);
    expect(splitter.push(bytes('st\n'))).toEqual(['rest']);
    expect(splitter.end()).toEqual([]);
  });

  it('lets a line of exactly the limit pass and throws one byte above it, however it is cut', () => {
    for (const size of [1, 3, 100]) {
      expect(linesOf('12345678\nab\n', size, 8)).toEqual(['12345678', 'ab']);
      expect(() => linesOf('123456789\n', size, 8)).toThrow(LineTooLongError);
      expect(() => linesOf('ab\n123456789', size, 8)).toThrow(LineTooLongError);
    }
  });

  it('measures bytes and not characters', () => {
    expect(() => linesOf('漢字漢', 100, 8)).toThrow(LineTooLongError);
    expect(linesOf('漢字', 100, 8)).toEqual(['漢字']);
  });

  it('takes many short lines in a chunk far above the limit of one', () => {
    expect(linesOf('ab\n'.repeat(1_000), 10_000, 4)).toHaveLength(1_000);
  });

  it('throws on an endless line before it has all of it (D-34)', () => {
    const splitter = new LineSplitter(1_000);
    const chunk = new Uint8Array(400).fill(97);
    splitter.push(chunk);
    splitter.push(chunk);
    expect(() => splitter.push(chunk)).toThrow(LineTooLongError);
  });

  it('stays quick on one long line in many chunks', () => {
    const splitter = new LineSplitter(8_000_000);
    const chunk = new Uint8Array(1_000).fill(97);
    for (let count = 0; count < 4_000; count++) splitter.push(chunk);
    expect(splitter.push(bytes('\n'))[0]).toHaveLength(4_000_000);
  });
});
