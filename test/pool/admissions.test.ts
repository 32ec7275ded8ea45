import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { admitTogether, type Send } from '../../src/pool/admissions';
import { askOf } from './ask';
import { admission } from './fake-pool';

/** A pool of its own for each test, which answers when it is told to. */
function world(pool: string = crypto.randomUUID()) {
  const sent: string[][] = [];
  const held: Promise<unknown>[] = [];
  /** By call that waits: what its watch calls after a second. */
  const hurry = new Map<string, () => void>();
  const waiting: { readonly answer: () => void; readonly fail: (reason: Error) => void }[] = [];
  const send: Send = (asks) => {
    sent.push(asks.map(({ callId }) => callId));
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Send>>>();
    const answer = (): void => resolve(asks.map(({ callId }) => admission(callId)));
    waiting.push({ answer, fail: reject });
    return promise;
  };
  /** @returns the id of the call that was admitted. */
  const admit = async (callId: string): Promise<string> => {
    const reply = await admitTogether(
      pool,
      askOf({ callId, keyId: 'key' }),
      send,
      (work) => held.push(work),
      (askByItself) => hurry.set(callId, askByItself),
    );
    return reply.ok ? reply.lease.callId : reply.code;
  };
  /** Lets what has been resolved run on. */
  const settle = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(0);
  };
  /** A second has passed for a call that waits. */
  const late = async (callId: string): Promise<void> => {
    hurry.get(callId)?.();
    await settle();
  };
  return { sent, held, waiting, admit, settle, late };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('admissions of one isolate', () => {
  it('do not wait when there is no other', async () => {
    const { sent, held, waiting, admit } = world();
    const alone = admit('a');
    expect(sent).toEqual([['a']]);
    waiting[0]?.answer();
    expect(await alone).toBe('a');
    expect(held).toEqual([]);
  });

  it('that come while the pool is asked go together with the next call, each to its own reply', async () => {
    const { sent, held, waiting, admit, settle } = world();
    const calls = ['a', 'b', 'c', 'd'].map(admit);
    expect(sent).toEqual([['a']]);
    waiting[0]?.answer();
    await settle();
    expect(sent).toEqual([['a'], ['b', 'c', 'd']]);
    // Whoever asks for others is held until they have their replies.
    expect(held).toHaveLength(1);
    waiting[1]?.answer();
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c', 'd']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('fail together when their call fails, and the next ones are asked for', async () => {
    const { sent, waiting, admit, settle } = world();
    const first = admit('a');
    const together = Promise.allSettled([admit('b'), admit('c')]);
    waiting[0]?.answer();
    await first;
    await settle();
    const later = admit('d');
    const failure = new Error('the pool is away');
    waiting[1]?.fail(failure);
    expect(await together).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
    ]);
    await settle();
    expect(sent).toEqual([['a'], ['b', 'c'], ['d']]);
    waiting[2]?.answer();
    expect(await later).toBe('d');
  });

  it('are asked for by another when the one that was to ask for them is not heard of', async () => {
    const { sent, waiting, admit, settle, late } = world();
    void admit('dead');
    const waits = admit('b');
    await vi.advanceTimersByTimeAsync(999);
    expect(sent).toEqual([['dead']]);
    await vi.advanceTimersByTimeAsync(1);
    await late('b');
    expect(sent).toEqual([['dead'], ['b']]);
    const last = admit('c');
    waiting[1]?.answer();
    expect(await waits).toBe('b');
    await settle();
    expect(sent[2]).toEqual(['c']);
    waiting[2]?.answer();
    expect(await last).toBe('c');
  });

  it('are sent again by themselves when their reply is not heard of', async () => {
    const { sent, waiting, admit, settle, late } = world();
    const first = admit('a');
    void admit('dies with the others');
    const other = admit('c');
    waiting[0]?.answer();
    await first;
    await settle();
    expect(sent[1]).toEqual(['dies with the others', 'c']);
    await vi.advanceTimersByTimeAsync(1_000);
    await late('c');
    expect(sent.slice(2)).toEqual([['c']]);
    waiting[2]?.answer();
    expect(await other).toBe('c');
  });

  it('never reach another pool', async () => {
    const one = world();
    const two = world();
    void one.admit('a');
    void one.admit('b');
    void two.admit('c');
    expect(two.sent).toEqual([['c']]);
    two.waiting[0]?.answer();
    await two.settle();
    expect(one.sent).toEqual([['a']]);
  });

  it('go in parts when there are very many', async () => {
    const { sent, waiting, admit, settle } = world();
    const all = Promise.all(Array.from({ length: 251 }, (_, n) => admit(`${n}`)));
    for (let call = 0; call < 4; call++) {
      waiting[call]?.answer();
      await settle();
    }
    expect(sent.map((ids) => ids.length)).toEqual([1, 100, 100, 50]);
    expect(await all).toHaveLength(251);
  });
});
