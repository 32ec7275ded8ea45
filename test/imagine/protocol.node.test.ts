import { describe, expect, it } from 'vitest';
import { MAX_FRAME_BYTES, MAX_PROMPT_CHARS } from '../../src/imagine/limits';
import { parseCommand } from '../../src/imagine/protocol';

const say = (value: unknown) => parseCommand(JSON.stringify(value));

describe('a message of a client', () => {
  it('starts a run, with what earlier pages send', () => {
    expect(say({ type: 'start', prompt: ' a kite ', aspect_ratio: '1024x1024' })).toEqual({
      type: 'start',
      plan: { prompt: 'a kite', ratio: '1:1', mode: 'continuous', n: 4, model: null },
    });
    expect(say({ type: 'start', prompt: 'x' })).toMatchObject({ plan: { ratio: '2:3' } });
    expect(say({ type: 'start', prompt: 'x', mode: 'single', n: 10, model: 'm' })).toMatchObject({
      plan: { mode: 'single', n: 10, model: 'm' },
    });
  });

  it('stops and pings', () => {
    expect(say({ type: 'stop' })).toEqual({ type: 'stop' });
    expect(say({ type: 'ping', at: 1 })).toEqual({ type: 'ping' });
  });

  it.each([
    ['not JSON', '{', 'invalid_payload'],
    ['no object', '[]', 'invalid_payload'],
    ['no type', '{}', 'invalid_payload'],
    ['bytes', new ArrayBuffer(4), 'invalid_payload'],
    ['a foreign type', '{"type":"dance"}', 'unknown_command'],
    ['an inherited name', '{"type":"constructor"}', 'unknown_command'],
    ['no prompt', '{"type":"start"}', 'empty_prompt'],
    ['a blank prompt', '{"type":"start","prompt":"  "}', 'empty_prompt'],
    ['no such ratio', '{"type":"start","prompt":"x","aspect_ratio":"7:1"}', 'invalid_payload'],
    ['too many pictures', '{"type":"start","prompt":"x","n":11}', 'invalid_payload'],
    ['no pictures', '{"type":"start","prompt":"x","n":0}', 'invalid_payload'],
    ['a long frame', `{"type":"ping","x":"${'é'.repeat(MAX_FRAME_BYTES / 2)}"}`, 'body_too_large'],
    [
      'a long prompt',
      JSON.stringify({ type: 'start', prompt: 'x'.repeat(MAX_PROMPT_CHARS + 1) }),
      'invalid_payload',
    ],
  ])('with %s is a mistake with a code', (_what, frame, code) => {
    expect(parseCommand(frame)).toMatchObject({ type: 'mistake', code });
  });

  it('never repeats a secret it may hold', () => {
    const reply = say({ type: 'start', prompt: 'x', model: 5, api_key: 'sk-secret' });
    expect(JSON.stringify(reply)).not.toContain('sk-secret');
  });
});
