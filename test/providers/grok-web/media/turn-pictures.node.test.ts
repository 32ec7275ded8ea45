import { describe, expect, it } from 'vitest';
import { TurnPictures } from '../../../../src/providers/grok-web/media/turn-pictures';
import { drawing, inResponse, message, pathOf, urlOf } from './support';

const card = (chunk: object) =>
  inResponse({ cardAttachment: { jsonData: JSON.stringify({ id: 'c', image_chunk: chunk }) } });

/** What all frames and the end of the turn say. */
function read(...frames: readonly object[]) {
  const pictures = new TurnPictures();
  const events = frames.flatMap((frame) => pictures.step({ ...frame }));
  return { events: [...events, ...pictures.release()], shortage: pictures.shortage };
}

describe('TurnPictures', () => {
  it('tells progress and the finished pictures, each at its index', () => {
    const { events } = read(
      drawing(`${pathOf('a-part-0')}`, 1, 50),
      drawing(pathOf('a'), 1, 100),
      message(pathOf('b'), pathOf('a')),
    );
    expect(events).toEqual([
      { type: 'progress', index: 1, percent: 50 },
      { type: 'progress', index: 1, percent: 100 },
      { type: 'picture', index: 1, url: urlOf('a') },
      { type: 'picture', index: 0, url: urlOf('b') },
    ]);
  });

  it('gives finished pictures without a final message, and never a preview', () => {
    const { events } = read(
      drawing(pathOf('a-part-0'), 0, 100),
      drawing(`/${pathOf('b')}`, 0, 99, { isFinal: true }),
    );
    expect(events.filter(({ type }) => type === 'picture')).toEqual([
      { type: 'picture', index: 0, url: urlOf('b') },
    ]);
  });

  it('never gives a picture that was moderated before or after it was finished', () => {
    const { events, shortage } = read(
      drawing(pathOf('a'), 0, 100),
      drawing(pathOf('a'), 0, 100, { moderated: true }),
      drawing(pathOf('b'), 1, 100, { moderated: true }),
      message(pathOf('a'), urlOf('b')),
    );
    expect(events.filter(({ type }) => type === 'picture')).toEqual([]);
    expect(shortage).toMatchObject({ code: 'content_policy_violation', outcome: 'refused' });
  });

  it('waits while the final message stands for "not yet"', () => {
    const pictures = new TurnPictures();
    expect(pictures.step(message('/'))).toEqual([]);
    expect(pictures.step(message())).toEqual([]);
    expect(pictures.step(message('/', pathOf('a')))).toEqual([
      { type: 'picture', index: 0, url: urlOf('a') },
    ]);
  });

  it('reads cards: previews as bytes, the final by its address', () => {
    const { events } = read(
      card({ imageUrl: 'data:image/jpeg;base64,AAAA', progress: 40, imageIndex: 0 }),
      card({ imageUrl: pathOf('a'), progress: 100, moderated: false, imageIndex: 0 }),
    );
    expect(events).toEqual([
      { type: 'progress', index: 0, percent: 40, base64: 'AAAA' },
      { type: 'progress', index: 0, percent: 100 },
      { type: 'picture', index: 0, url: urlOf('a') },
    ]);
  });

  it.each([
    [1_002, 'refused', 'content_policy_violation'],
    [1_006, 'limited', 'pool_exhausted'],
    ['rate_limit', 'limited', 'pool_exhausted'],
    [1_007, 'refused', 'upstream_error'],
  ])('says why a card broke off with %s', (systemErrCode, outcome, code) => {
    const { events, shortage } = read(card({ imageUrl: '', progress: 10, systemErrCode }));
    expect(events).toEqual([]);
    expect(shortage).toMatchObject({ outcome, code });
  });

  it.each([
    [{ error: { code: 8, message: 'Too many requests' } }, 'limited'],
    [{ code: 8, message: 'Too many requests', details: [] }, 'limited'],
    [inResponse({ error: { code: 7, message: 'anti-bot' } }), 'blocked'],
    [inResponse({ modelResponse: { error: 'broken' } }), 'faulty'],
    [inResponse({ modelResponse: { streamErrors: [{ code: 13, message: 'x' }] } }), 'faulty'],
  ])('throws what upstream says inside a 200: %j', (frame, outcome) => {
    expect(() => new TurnPictures().step(frame)).toThrow(expect.objectContaining({ outcome }));
  });
});
