import { describe, expect, it } from 'vitest';
import { Gate } from '../../src/lib/gate';

/** Work that ends when it is told to. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { promise, end: resolve, fail: () => reject(new Error('failed')) };
}

/** Lets everything that can go on do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a gate', () => {
  it('lets through what weighs no more than its limit together, in order', async () => {
    const gate = new Gate(10);
    const begun: string[] = [];
    const jobs = { a: work(), b: work(), c: work(), d: work() };
    const weights = { a: 6, b: 4, c: 8, d: 1 };
    for (const name of ['a', 'b', 'c', 'd'] as const) {
      void gate.run(weights[name], () => {
        begun.push(name);
        return jobs[name].promise;
      });
    }
    await settle();
    expect(begun).toEqual(['a', 'b']);
    jobs.a.end();
    await settle();
    // The small one does not overtake: the large one would wait for ever.
    expect(begun).toEqual(['a', 'b']);
    jobs.b.end();
    await settle();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets what is heavier than its limit go alone, and goes on after a failure', async () => {
    const gate = new Gate(10);
    const heavy = work();
    let hasBegun = false;
    const failing = gate.run(50, () => heavy.promise);
    const next = gate.run(1, () => Promise.resolve(void (hasBegun = true)));
    await settle();
    expect(hasBegun).toBe(false);
    heavy.fail();
    await expect(failing).rejects.toThrow('failed');
    await next;
    expect(hasBegun).toBe(true);
  });
});
