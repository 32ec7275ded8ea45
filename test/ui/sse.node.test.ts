import { describe, expect, it } from 'vitest';
import { SseParser } from '../../ui/src/api/sse';

describe('server-sent events, read by the panel', () => {
  const whole =
    ': ok\n\nevent: a.b\ndata: {"x":1}\n\ndata: one\ndata: two\r\n\r\n: beat\n\ndata:[DONE]\n\n';
  const events = [
    { event: 'a.b', data: '{"x":1}' },
    { event: '', data: 'one\ntwo' },
    { event: '', data: '[DONE]' },
  ];

  it.each([1, 2, 3, 7, 1_000])('are the same in pieces of %i characters', (size) => {
    const parser = new SseParser();
    const read = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
      parser.push(whole.slice(index * size, (index + 1) * size)),
    );
    expect(read.flat()).toEqual(events);
  });

  it('are told only when they are whole', () => {
    const parser = new SseParser();
    expect(parser.push('data: half')).toEqual([]);
    expect(parser.push('\n')).toEqual([]);
    expect(parser.push('\n')).toEqual([{ event: '', data: 'half' }]);
  });
});
