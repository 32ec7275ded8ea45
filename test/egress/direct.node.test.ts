import { describe, expect, it } from 'vitest';
import { directEgress } from '../../src/egress/direct';
import { EgressError } from '../../src/egress/egress';

const throwing = (thrown: unknown) => directEgress({ fetch: () => Promise.reject(thrown) });

describe('directEgress', () => {
  it('goes through the door when there is one', async () => {
    const seen: string[] = [];
    const egress = directEgress({
      fetch: (url) => {
        seen.push(url);
        return Promise.resolve(new Response('hello'));
      },
    });
    expect(await (await egress.fetch('https://api.example.com/x', {})).text()).toBe('hello');
    expect(seen).toEqual(['https://api.example.com/x']);
  });

  it('throws EgressError when the runtime would not send the request', async () => {
    const cause = new TypeError('Invalid header value.');
    const failure = throwing(cause).fetch('https://a.example', {});
    await expect(failure).rejects.toBeInstanceOf(EgressError);
    await expect(failure).rejects.toMatchObject({ cause });
    await expect(
      throwing(new Error('Too many subrequests.')).fetch('https://a.example', {}),
    ).rejects.toBeInstanceOf(EgressError);
  });

  it('does not call a lost connection unsent, because upstream may have counted it', async () => {
    const lost = new Error('Network connection lost.');
    await expect(throwing(lost).fetch('https://a.example', {})).rejects.toBe(lost);
  });

  it('hands on an abort as it is', async () => {
    const signal = AbortSignal.abort(new Error('left'));
    const thrown = new TypeError('aborted');
    await expect(throwing(thrown).fetch('https://a.example', { signal })).rejects.toBe(thrown);
  });
});
