import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/contract/chat';
import { originalsOf, promptOf } from '../../src/images/originals';

const user = (...parts: (string | { image: string })[]): Message => ({
  role: 'user',
  content: parts.map((part) =>
    typeof part === 'string'
      ? { type: 'text', text: part }
      : { type: 'image_url', image_url: { url: part.image } },
  ),
});
const assistant = (content: string): Message => ({ role: 'assistant', content });

describe('what a chat wants drawn', () => {
  it.each<[string, Message[], string]>([
    ['plain text', [{ role: 'user', content: ' a kite ' }], 'a kite'],
    ['its text parts', [user('a', { image: 'x' }, 'kite')], 'a\nkite'],
    ['of the last user message only', [user('a dog'), assistant('…'), user('a kite')], 'a kite'],
    ['nothing of what was answered', [user('a kite'), assistant('1 of 2 pictures came')], 'a kite'],
    ['nothing', [{ role: 'system', content: 'be brief' }], ''],
    ['nothing either', [{ role: 'user', content: null }], ''],
  ])('is %s', (_, messages, expected) => {
    expect(promptOf(messages)).toBe(expected);
  });
});

describe('what a chat wants edited', () => {
  it.each<[string, Message[], string[]]>([
    [
      'the pictures of the last user message',
      [user({ image: 'a' }, 'x', { image: 'b' })],
      ['a', 'b'],
    ],
    [
      'those and not earlier ones',
      [user({ image: 'old' }), assistant('![x](older)'), user({ image: 'new' })],
      ['new'],
    ],
    [
      'else the last picture answered',
      [
        user({ image: 'mine' }),
        assistant('![Generated image](https://gw/images/p_1?s=a)\n![i](</images/p_2>)'),
        user('snow'),
      ],
      ['/images/p_2'],
    ],
    ['else the last one sent', [user({ image: 'a' }, { image: 'b' }), user('snow')], ['b']],
    [
      'its markdown, title or not',
      [assistant('![a b](http://x/y.png "t")'), user('s')],
      ['http://x/y.png'],
    ],
    [
      'no link that follows words in brackets',
      [assistant('![a] see [b](http://x/y)'), user('s')],
      [],
    ],
    ['no address without an end', [assistant('![a](http://x/y.png'), user('s')], []],
    [
      'a data URI of any length, and no other address beyond 8 KiB',
      [
        assistant(`![a](data:image/png;base64,${'A'.repeat(9_000)}) ![b](${'b'.repeat(9_000)})`),
        user('s'),
      ],
      [`data:image/png;base64,${'A'.repeat(9_000)}`],
    ],
    ['never a link in what the user says', [user('![a](http://x/y.png)')], []],
    ['nothing without a user', [assistant('![a](b)')], []],
  ])('is %s', (_, messages, expected) => {
    expect(originalsOf(messages)).toEqual(expected);
  });
});

describe('a long answer full of unfinished marks', () => {
  it.each([
    ['an address without an end', `![](${'a'.repeat(2_000_000)}`],
    ['pictures that only begin', '!['.repeat(1_000_000)],
    ['pictures that begin before one bracket', `${'!['.repeat(1_000_000)}] `],
    ['brackets without an end', '![](<'.repeat(400_000)],
    ['spaces', `![](${' '.repeat(2_000_000)}`],
    ['spaces and an end', `![](${' '.repeat(2_000_000)})`.repeat(2)],
  ])('is read at once: %s', (_, text) => {
    const startedAt = performance.now();
    originalsOf([assistant(text), user('snow')]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
