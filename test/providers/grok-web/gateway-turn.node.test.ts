import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/providers/grok-web/narrow';
import type { Part } from '../../../src/providers/provider';
import {
  answer,
  ASK,
  ATTACHED,
  CONVERSATION,
  CREATED,
  DONE,
  frame,
  linesOf,
  OPENING_ID,
  RESPONSE,
  turnOf,
} from './gateway-fakes';
import { textOf } from './fakes';

const END: readonly Part[] = [
  { type: 'choice-end', choice: 0, reason: 'stop' },
  { type: 'finish', usage: null },
];
const GENERATED =
  'https://assets.grok.com/users/7a000000-0000-4000-8000-0000000000a1/generated/e0000000-0000-4000-8000-00000000000';
const said = (text: string): Part => ({ type: 'text-delta', text });
const thought = (text: string): Part => ({ type: 'reasoning-delta', text });
const source = (url: string, title: string): Part => ({ type: 'source', url, title });
const image = (n: number): Part => ({ type: 'image', url: `${GENERATED}${n}/image.jpg` });

/** Parts of the frames, and what was sent on the way. */
function play(frames: readonly Json[], turn = turnOf()) {
  const parts: Part[] = [];
  const sent: Json[] = [];
  for (const one of frames) {
    sent.push(...turn.take(one, parts).map((text): Json => JSON.parse(text)));
  }
  return { parts, sent, turn };
}

/** Parts of a turn between its handshake and its end. */
function partsOf(frames: readonly Json[], turn = turnOf()): Part[] {
  return play([CREATED, ATTACHED, ...frames, DONE], turn).parts.slice(0, -END.length);
}

const played = (name: string, filterTags?: string[]) =>
  play(
    linesOf(name).map((line): Json => JSON.parse(line)),
    turnOf({}, filterTags),
  ).parts;

const FIXTURES: Readonly<Record<string, readonly Part[]>> = {
  chat: [
    thought('Recalling the map'),
    thought('\n\nWeighing rivers'),
    thought('\n\n- Bern lies on a river bend.'),
    thought('\n\nI look'),
    thought(' it up.'),
    source('https://example.test/bern', 'Bern – a city'),
    source('https://x.com/bern_zoo/status/1780000000000000001', '@bern_zoo'),
    source('https://example.test/search', 'Found'),
    said('The '),
    said('Aare'),
    said(' (Áàrè, 阿勒河 🏞️).'),
    source('https://example.test/aare', 'example.test'),
  ],
  delta: [said('let a = '), said('1 '), said('< 2; '), said('body'), said(' End.')],
  image: [image(1), image(3), image(4), said('Here is your kite.')],
};

describe('a recorded turn', () => {
  it.each(Object.entries(FIXTURES))('%s gives its parts', (name, parts) => {
    expect(played(name)).toEqual([...parts, ...END]);
  });

  it('shows citations where they stand, repeats left out, when grok:render is not filtered', () => {
    expect(textOf(played('chat', []), 'text-delta')).toBe(
      'The Aare[[1]](https://example.test/bern) (Áàrè, 阿勒河 🏞️).[[2]](https://example.test/aare)',
    );
  });
});

describe('the handshake', () => {
  it('opens a session in the words of its mode', () => {
    expect(JSON.parse(turnOf().open())).toEqual({
      event: {
        type: 'session.create',
        event_id: OPENING_ID,
        session: {
          model: 'fast',
          x_grok: {
            protocol_capabilities: ['conversation_attached', 'custom_methods_v1'],
            use_chunk: true,
            enable_side_by_side: true,
            force_side_by_side: false,
            enable_image_generation: true,
            image_generation_count: 2,
            disable_text_follow_ups: false,
            disable_artifact: true,
            force_concise: false,
            keep_context: false,
            is_temporary: true,
            disable_memory: true,
          },
        },
      },
    });
  });

  it.each([
    ['created first', [CREATED, ATTACHED]],
    ['attached first', [ATTACHED, CREATED]],
  ])('puts the question after both words, once: %s', (_, [first, second]) => {
    const turn = turnOf();
    expect(play([first as Json], turn)).toMatchObject({ sent: [], parts: [] });
    expect(turn.isAsked).toBe(false);
    const { sent } = play([second as Json, CREATED, ATTACHED], turn);
    expect(turn.isAsked).toBe(true);
    expect(sent).toEqual([
      {
        session_id: CONVERSATION,
        event: {
          type: 'conversation.item.create',
          event_id: 'evt_msg_1765000000000',
          item: {
            type: 'message',
            role: 'user',
            x_grok: { client_message_id: 'u2', input_chunks: [{ text: { text: ASK.text } }] },
          },
        },
      },
      {
        session_id: CONVERSATION,
        event: { type: 'response.create', event_id: 'evt_resp_1765000000000' },
      },
    ]);
  });

  it('mentions files ahead of the text', () => {
    const { sent } = play([CREATED, ATTACHED], turnOf({ attachments: ['f1', 'f2'] }));
    expect(sent[0]?.['event']).toMatchObject({
      file_attachment_ids: ['f1', 'f2'],
      item: {
        file_attachment_ids: ['f1', 'f2'],
        x_grok: {
          input_chunks: [
            { mention: { target: { file_mention: { file_id: 'f1' } } } },
            { mention: { target: { file_mention: { file_id: 'f2' } } } },
            { text: { text: ASK.text } },
          ],
        },
      },
    });
  });

  it('ignores a session that was made for another opening', () => {
    const other = frame('session.created', { client_event_id: 'evt_init_other' }, 'other');
    const { sent } = play([other, ATTACHED]);
    expect(sent).toEqual([]);
  });

  it.each([
    ['no id', frame('conversation.attached', { conversation: {} })],
    ['no conversation', frame('conversation.attached')],
    ['another id', frame('conversation.attached', { conversation: { id: 'other' } })],
  ])('fails when the conversation has %s', (_, attached) => {
    const failure = expect.objectContaining({ outcome: 'faulty' });
    expect(() => play([CREATED, attached])).toThrow(failure);
  });

  it('goes on with a conversation, and only with that one', () => {
    const thread = { conversationId: CONVERSATION, responseId: 'r0' };
    const turn = turnOf({ thread, keep: true });
    const opening = JSON.parse(turn.open());
    expect(opening).toMatchObject({
      session_id: CONVERSATION,
      event: {
        session: {
          x_grok: { conversation_id: CONVERSATION, load_existing: true, needs_history: false },
        },
      },
    });
    expect(opening.event.session.x_grok).not.toHaveProperty('is_temporary');
    const { sent, parts } = play([CREATED, ATTACHED, answer('Hi'), DONE], turn);
    expect(sent[0]?.['event']).toMatchObject({ parent_response_id: 'r0' });
    expect(parts).toEqual([
      said('Hi'),
      END[0],
      { type: 'thread', thread: { conversationId: CONVERSATION, responseId: RESPONSE } },
      END[1],
    ]);
    const strange = turnOf({ thread: { conversationId: 'mine', responseId: 'r0' } });
    expect(() => play([CREATED, ATTACHED], strange)).toThrow();
  });

  it('keeps the conversation only when asked, and then it is not temporary', () => {
    const kept = JSON.parse(turnOf({ keep: true, temporary: true }).open());
    expect(kept.event.session.x_grok).toMatchObject({ keep_context: true, is_temporary: false });
    expect(partsOf([answer('Hi')], turnOf({ keep: false }))).toEqual([said('Hi')]);
  });
});

describe('an answer', () => {
  it('is the closing text when nothing was streamed', () => {
    expect(partsOf([frame('response.output_text.done', { text: 'Whole.' })])).toEqual([
      said('Whole.'),
    ]);
  });

  it.each([
    ['CHANNEL_ANALYSIS', thought('x')],
    ['CHANNEL_DEEP_REASONING', thought('x')],
    [2, thought('x')],
    [4, thought('x')],
    [1, said('x')],
    [undefined, said('x')],
  ])('takes channel %s for what it is', (channel, part) => {
    const event = frame('response.chunk', { chunk: { text: { text: 'x', channel } } });
    expect(partsOf([event])).toEqual([part]);
  });

  it('may be empty when upstream says that it is complete', () => {
    expect(partsOf([])).toEqual([]);
  });

  it('names the model ahead of its first content', () => {
    const created = frame('response.created', { response: { id: RESPONSE, model: 'grok-4-fast' } });
    expect(partsOf([created, answer('Hi')])).toEqual([
      { type: 'about', model: 'grok-4-fast' },
      said('Hi'),
    ]);
  });

  it('reads nothing after its end', () => {
    const { turn } = play([CREATED, ATTACHED, answer('Hi'), DONE]);
    expect(turn.isOver).toBe(true);
    expect(play([answer('more'), frame('error', { error: { code: 8 } })], turn).parts).toEqual([]);
  });

  it('fails as moderated, and counted, when every picture was withheld', () => {
    for (const verdict of [{ moderated: true }, { systemErrCode: 1003 }]) {
      const chunk = { imageUrl: 'users/u/generated/g/image.jpg', progress: 100, ...verdict };
      const output = { card_attachment: { jsonData: { image_chunk: chunk } } };
      expect(() => partsOf([frame('response.grok.output', { output })])).toThrow(
        expect.objectContaining({
          code: 'content_policy_violation',
          detail: expect.objectContaining({ counted: true }),
        }),
      );
    }
  });

  it.each([
    [1006, 'limited'],
    ['rate_limit', 'limited'],
    [1007, 'faulty'],
  ])('that is a picture which failed with %s alone is %s', (systemErrCode, outcome) => {
    const output = { card_attachment: { image_chunk: { systemErrCode } } };
    expect(() => partsOf([frame('response.grok.output', { output })])).toThrow(
      expect.objectContaining({ outcome }),
    );
  });
});

const error = (fields: Json): Json => frame('error', { error: fields });
const streamError = (fields: Json): Json =>
  frame('response.grok.output', { output: { stream_error: fields } });
const failed = (reason: string, status = 'failed'): Json =>
  frame('response.done', { response: { id: RESPONSE, status, status_details: { reason } } });

const FAILURES: readonly (readonly [string, Json, string, string])[] = [
  [
    'anti-bot',
    error({ code: 7, message: 'Request rejected by anti-bot rules.' }),
    'blocked',
    'upstream_blocked',
  ],
  ['too many', error({ code: 8, message: 'Too many requests' }), 'limited', 'pool_exhausted'],
  [
    'a limit in words',
    error({ code: 'rate_limit_exceeded', message: '' }),
    'limited',
    'pool_exhausted',
  ],
  [
    'a used-up allowance',
    streamError({ kind: 'usage_limit_reached', message: 'Wait' }),
    'limited',
    'pool_exhausted',
  ],
  [
    'a mark of a used-up pool',
    streamError({ message: 'Wait', usagePoolExhausted: {} }),
    'limited',
    'pool_exhausted',
  ],
  [
    'a reason of a limit',
    streamError({ details: { reason: 'usage_limit' } }),
    'limited',
    'pool_exhausted',
  ],
  [
    'a blocked user',
    error({ code: 7, message: 'User is blocked [WKE=unauthorized:blocked-user]' }),
    'banned',
    'upstream_unauthorized',
  ],
  ['an ended session', error({ code: 16, message: '' }), 'revoked', 'upstream_unauthorized'],
  [
    'moderation',
    error({ code: 'content_moderated', message: 'no' }),
    'refused',
    'content_policy_violation',
  ],
  ['a bad field', error({ code: 3, message: 'Unknown file' }), 'refused', 'upstream_refused'],
  [
    'an unknown answer',
    error({ code: 5, message: 'Response not found' }),
    'refused',
    'upstream_refused',
  ],
  ['trouble', error({ code: 13, message: 'Internal' }), 'faulty', 'upstream_error'],
  [
    'trouble in words',
    streamError({ kind: 'internal_error', message: 'Oops' }),
    'faulty',
    'upstream_error',
  ],
  ['a text for an error', frame('error', { error: 'usage limit' }), 'limited', 'pool_exhausted'],
  ['a failed end', failed('internal_error'), 'faulty', 'upstream_error'],
  ['a failed end that names a limit', failed('usage_limit_reached'), 'limited', 'pool_exhausted'],
  ['an incomplete end', failed('', 'incomplete'), 'faulty', 'upstream_cut'],
  ['a session that ended', frame('session.ended'), 'faulty', 'upstream_cut'],
];

describe('a failure in a turn', () => {
  it.each(FAILURES)('%s', (_, event, outcome, code) => {
    expect(() => play([CREATED, ATTACHED, answer('Hi'), event])).toThrow(
      expect.objectContaining({ outcome, code }),
    );
  });
});
