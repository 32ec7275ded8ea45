import { describe, expect, it } from 'vitest';
import { estimateInput, estimateTokens } from '../../src/chat/usage';
import { chatRequest } from './fakes';

describe('an estimate', () => {
  it('takes four characters for a token, and a CJK character for one', () => {
    expect(estimateTokens('')).toBe(0);
    expect(estimateTokens('abcdefgh')).toBe(2);
    expect(estimateTokens('你好世界')).toBe(4);
    expect(estimateTokens('こんにちは')).toBe(5);
    expect(estimateTokens('😀')).toBe(1);
  });

  it('counts text, images and tools of a request', () => {
    const plain = estimateInput(chatRequest());
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const withImage = chatRequest({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }, image] }],
    });
    expect(estimateInput(withImage)).toBe(plain + 258);
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    expect(estimateInput(chatRequest({ tools }))).toBeGreaterThan(plain);
  });
});
