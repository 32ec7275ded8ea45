import { describe, expect, it } from 'vitest';
import type { Settlement } from '../../src/pool/call';
import {
  pushSettlement,
  putBackSettlements,
  type SettlementPort,
  takeSettlements,
} from '../../src/pool/settlements';
import { settlement, stubError } from './fake-pool';

/** A pool object of its own for each test: batches are kept by name. */
function world(failures: Error[] = []) {
  const sent: string[][] = [];
  const work: Promise<unknown>[] = [];
  const port: SettlementPort = {
    pool: crypto.randomUUID(),
    connect: () => ({
      settle: (settled: readonly Settlement[]) => {
        const failure = failures.shift();
        if (failure !== undefined) return Promise.reject(failure);
        sent.push(settled.map(({ callId }) => callId));
        return Promise.resolve();
      },
    }),
    waitUntil: (promise) => work.push(promise),
  };
  return { port, sent, work, done: () => Promise.all(work) };
}

describe('settlements', () => {
  it('of one isolate go out together, by one flush that a request holds', async () => {
    const { port, sent, work, done } = world();
    for (const id of ['a', 'b', 'c']) pushSettlement(port, settlement(id));
    expect(work).toHaveLength(1);
    await done();
    expect(sent).toEqual([['a', 'b', 'c']]);
  });

  it('ride on the next admission, and the flush then has nothing to send', async () => {
    const { port, sent, done } = world();
    pushSettlement(port, settlement('a'));
    expect(takeSettlements(port.pool).map(({ callId }) => callId)).toEqual(['a']);
    await done();
    expect(sent).toEqual([]);
  });

  it('are put back when what they rode on failed', async () => {
    const { port, sent, done } = world();
    pushSettlement(port, settlement('a'));
    const taken = takeSettlements(port.pool);
    pushSettlement(port, settlement('b'));
    putBackSettlements(port, taken);
    await done();
    expect(sent.flat().toSorted()).toEqual(['a', 'b']);
  });

  it('never reach another pool object, where their ids may mean other leases', async () => {
    const one = world();
    const two = world();
    pushSettlement(one.port, settlement('a'));
    pushSettlement(two.port, settlement('a'));
    expect(takeSettlements('a pool without any')).toEqual([]);
    await Promise.all([one.done(), two.done()]);
    expect(one.sent).toEqual([['a']]);
    expect(two.sent).toEqual([['a']]);
  });

  it('are repeated until they are heard', async () => {
    const { port, sent, done } = world([
      stubError({ retryable: true }),
      stubError({ overloaded: true }),
    ]);
    pushSettlement(port, settlement('a'));
    await done();
    expect(sent).toEqual([['a']]);
  });

  it('do not wait for a flush whose request has died', async () => {
    const { port, sent } = world();
    const abandoned: SettlementPort = {
      ...port,
      waitUntil: () => undefined,
      connect: () => ({ settle: () => new Promise(() => undefined) }),
    };
    pushSettlement(abandoned, settlement('a'));
    await scheduler.wait(300);
    const work: Promise<unknown>[] = [];
    pushSettlement({ ...port, waitUntil: (promise) => work.push(promise) }, settlement('b'));
    await Promise.all(work);
    expect(sent).toEqual([['b']]);
  });

  it('go out in parts when there are very many', async () => {
    const { port, sent, done } = world();
    for (let i = 0; i < 1_200; i++) pushSettlement(port, settlement(`c${i}`));
    await done();
    expect(sent.map((ids) => ids.length)).toEqual([500, 500, 200]);
  });
});
