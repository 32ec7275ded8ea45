import { describe, expect, it } from 'vitest';
import {
  answerTurn,
  keepable,
  restored,
  toMessages,
  type Turn,
  userTurn,
} from '../../ui/src/pages/chat/turns';

const SMALL = `data:image/png;base64,${'a'.repeat(100)}`;
const LARGE = `data:image/png;base64,${'a'.repeat(200_000)}`;
const said = (text: string): Turn => ({ ...answerTurn('m'), text, state: 'done' });

describe('a conversation of the chat playground', () => {
  it('is sent with its system prompt and pictures, without answers that have no words', () => {
    const turns = [userTurn('look', [SMALL]), said(''), userTurn('again', []), said('a dot')];
    expect(toMessages(turns, ' be brief ')).toEqual([
      { role: 'system', content: 'be brief' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: SMALL } },
        ],
      },
      { role: 'user', content: 'again' },
      { role: 'assistant', content: 'a dot' },
    ]);
  });

  it('is kept without large pictures, the newest turns first when there is too much', () => {
    const long = 'x'.repeat(600_000);
    const kept = keepable([userTurn(long, []), said(long), userTurn('last', [SMALL, LARGE])]);
    expect(kept.map(({ text }) => text.length)).toEqual([600_000, 4]);
    expect(kept.at(-1)).toMatchObject({ images: [SMALL] });
  });

  it('is read back after a reload; an answer that was under way was stopped', () => {
    const turns = [userTurn('hello', [SMALL]), { ...said('hi'), firstMs: 12, state: 'sending' }];
    const back = restored(JSON.parse(JSON.stringify(turns)));
    expect(back).toMatchObject([
      { role: 'user', text: 'hello', images: [SMALL] },
      { role: 'assistant', text: 'hi', model: 'm', firstMs: 12, state: 'stopped' },
    ]);
    expect(restored('nonsense')).toEqual([]);
    expect(restored([null, 7])).toHaveLength(2);
  });
});
