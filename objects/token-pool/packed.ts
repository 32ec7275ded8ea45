import type { UsageRecord } from '../../src/contract/usage';
import type { OpenLease } from './leases';

/** The values of an object by the places of its fields. */
export type Packed = readonly unknown[];

/**
 * How the journal keeps what each call writes: without the names of its fields, which are half of it. A
 * field that comes later goes to the end, because rows of before are read by the same list.
 */
class Packing<T extends object> {
  readonly #names: readonly (keyof T)[];

  /** @param fields - every field of the object, in the order in which they are kept; those that may be absent last. */
  constructor(fields: Readonly<Record<keyof T, 1>>) {
    // SAFETY: the type of `fields` allows no other names.
    this.#names = Object.keys(fields) as (keyof T)[];
  }

  pack(value: T): Packed {
    const packed: unknown[] = this.#names.map((name) => value[name]);
    while (packed.at(-1) === undefined) packed.pop();
    return packed;
  }

  /** Rows of before there was a list have the names. */
  unpack(stored: Packed | T): T {
    if (!isPacked(stored)) return stored;
    // SAFETY: the row was written by pack.
    return Object.fromEntries(stored.map((value, i) => [this.#names[i], value])) as T;
  }
}

const isPacked = (stored: Packed | object): stored is Packed => Array.isArray(stored);

export const packedLease = new Packing<OpenLease>({
  callId: 1,
  attempt: 1,
  slot: 1,
  tokenId: 1,
  bucket: 1,
  units: 1,
  epoch: 1,
  keyId: 1,
  day: 1,
  charges: 1,
  kind: 1,
  model: 1,
  provider: 1,
  tiers: 1,
  stream: 1,
  at: 1,
  expiresAt: 1,
  termMs: 1,
  tried: 1,
  spent: 1,
  uncertain: 1,
  penalised: 1,
  boundTo: 1,
});

export const packedRecord = new Packing<UsageRecord>({
  id: 1,
  at: 1,
  durationMs: 1,
  firstPartMs: 1,
  keyId: 1,
  kind: 1,
  model: 1,
  provider: 1,
  tokenId: 1,
  attempts: 1,
  stream: 1,
  outcome: 1,
  error: 1,
  status: 1,
  units: 1,
  uncertain: 1,
  day: 1,
  charged: 1,
  usage: 1,
});
