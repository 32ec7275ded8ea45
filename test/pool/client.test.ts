import { describe, expect, it } from 'vitest';
import { callPool } from '../../src/pool/client';
import { fakePool, stubError } from './fake-pool';

/** Fails with these errors in turn, then answers. */
function failing(...errors: Error[]) {
  let stubs = 0;
  let calls = 0;
  const connect = () => {
    stubs += 1;
    return fakePool({
      tick: () => {
        calls += 1;
        const error = errors.shift();
        return error === undefined ? Promise.resolve() : Promise.reject(error);
      },
    });
  };
  return { call: () => callPool(connect, (pool) => pool.tick()), count: () => ({ stubs, calls }) };
}

describe('a call of the pool', () => {
  it('is made again, with a fresh stub, when the platform says that this can help', async () => {
    const pool = failing(stubError({ retryable: true }), stubError({ durableObjectReset: true }));
    await pool.call();
    expect(pool.count()).toEqual({ stubs: 3, calls: 3 });
  });

  it('is made again at most twice; then it is 503 pool_overloaded', async () => {
    const retryable = () => stubError({ retryable: true });
    const pool = failing(retryable(), retryable(), retryable(), retryable());
    await expect(pool.call()).rejects.toMatchObject({ code: 'pool_overloaded', status: 503 });
    expect(pool.count().calls).toBe(3);
  });

  it('is not made again when the object has too much to do', async () => {
    const pool = failing(stubError({ retryable: true, overloaded: true }));
    await expect(pool.call()).rejects.toMatchObject({
      code: 'pool_overloaded',
      detail: { retryAfterS: 1 },
    });
    expect(pool.count().calls).toBe(1);
  });

  it('lets mistakes through', async () => {
    const pool = failing(new TypeError('a bug'));
    await expect(pool.call()).rejects.toThrow('a bug');
    expect(pool.count().calls).toBe(1);
  });
});
