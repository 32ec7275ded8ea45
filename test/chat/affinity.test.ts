import { describe, expect, it } from 'vitest';
import { affinityOf } from '../../src/chat/affinity';
import { chatRequest } from './fakes';

describe('affinity', () => {
  const first = chatRequest({
    messages: [
      { role: 'system', content: 's' },
      { role: 'user', content: 'q' },
    ],
  });
  const later = chatRequest({
    messages: [
      ...first.messages,
      { role: 'assistant', content: 'a' },
      { role: 'user', content: 'q2' },
    ],
  });

  it('follows an explicit id, apart for each key', () => {
    const request = chatRequest({ conversation: { id: 'c1' } });
    expect(affinityOf('k1', request, false)).toBe('k1:c1');
    expect(affinityOf('k2', chatRequest({ prompt_cache_key: 'c1' }), false)).toBe('k2:c1');
  });

  it('follows the opening of a conversation where upstream keeps prompt caches', () => {
    expect(affinityOf('k1', first, true)).toBe(affinityOf('k1', later, true));
    expect(affinityOf('k1', first, true)).not.toBe(affinityOf('k1', chatRequest(), true));
    expect(affinityOf('k1', first, true)).not.toBe(affinityOf('k2', first, true));
  });

  it('is none otherwise', () => {
    expect(affinityOf('k1', first, false)).toBeUndefined();
  });
});
