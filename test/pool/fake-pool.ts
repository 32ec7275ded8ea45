import type { AdmitReply, Settlement } from '../../src/pool/call';
import type { TokenPoolRpc } from '../../src/pool/rpc';

/** A pool of which only some methods are there; calling another one is a mistake of the test. */
export function fakePool(methods: Partial<TokenPoolRpc>): TokenPoolRpc {
  // SAFETY: what is not given throws when it is called.
  return new Proxy(methods, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (method === undefined) throw new Error(`the fake pool has no ${String(name)}`);
      return method;
    },
  }) as TokenPoolRpc;
}

/** An error with the flags that the runtime sets on a stub's failures. */
export function stubError(flags: {
  retryable?: boolean;
  overloaded?: boolean;
  durableObjectReset?: boolean;
}): Error {
  return Object.assign(new Error('stub failed'), flags);
}

export function settlement(callId: string): Settlement {
  return {
    callId,
    attempt: 1,
    outcome: 'done',
    clientEmpty: false,
    record: { status: 200, error: null, firstPartMs: 1, usage: null },
  };
}

export const admission = (callId: string, versions = { settings: 1, key: 1 }): AdmitReply => ({
  ok: true,
  lease: {
    callId,
    attempt: 1,
    tokenId: 't',
    sealedSecret: 's',
    egress: { id: 'direct', kind: 'direct', suspect: false },
    termMs: 1_000,
  },
  versions,
  rates: { rpm: null, day: null },
});
