import type { Difference } from '../../src/pool/figures';
import { type Columns, type FieldKind } from './columns';
import type { PoolState } from './state';
import type { BucketTable } from './tables';

/** Compares every counter of memory with the same one rebuilt from storage. */
export function differences(
  memory: PoolState,
  stored: PoolState,
): { counters: number; differences: Difference[] } {
  const found: Difference[] = [];
  let counters = 0;
  const compare = (counter: string, a: number | string | null, b: number | string | null) => {
    counters++;
    if (a !== b) found.push({ counter, memory: a, stored: b });
  };
  const compareTables = (
    name: string,
    a: Columns<Record<string, FieldKind>>,
    b: Columns<Record<string, FieldKind>>,
  ) => {
    for (let slot = 1; slot < memory.sequences.slot; slot++) {
      const rowA = a.row(slot);
      const rowB = b.row(slot);
      counters += rowA.length;
      rowA.forEach((value, i) => {
        if (value !== rowB[i]) {
          found.push({
            counter: `${name} slot ${slot} field ${i}`,
            memory: value,
            stored: rowB[i] ?? null,
          });
        }
      });
    }
  };
  const compareBucket = (a: BucketTable, b: BucketTable) => {
    compareTables(`bucket ${a.name}`, a.stored, b.stored);
    compareTables(`bucket ${a.name} (open)`, a.live, b.live);
    const { limit, free, used, state } = a.stored.fields;
    for (let slot = 1; slot < memory.sequences.slot; slot++) {
      if (state[slot] !== 1) continue;
      const sum = (free[slot] ?? 0) + (a.live.fields.reserved[slot] ?? 0) + (used[slot] ?? 0);
      compare(
        `bucket ${a.name} slot ${slot} limit = free + reserved + used`,
        sum,
        limit[slot] ?? 0,
      );
    }
  };

  compareTables('token', memory.tokens.stored, stored.tokens.stored);
  compareTables('token (open)', memory.tokens.live, stored.tokens.live);
  for (const table of memory.loadedBuckets()) compareBucket(table, stored.bucketById(table.id));
  for (const key of memory.loadedKeys()) {
    const other = stored.key(key.limits.id);
    const name = `key ${key.limits.id}`;
    compare(`${name} open`, key.open, other?.open ?? null);
    compare(
      `${name} counters`,
      canonical(key.counters),
      other === null ? null : canonical(other.counters),
    );
    compare(
      `${name} reserved`,
      reservedText(key.reserved),
      other === null ? null : reservedText(other.reserved),
    );
    compare(`${name} version`, key.limits.version, other?.limits.version ?? null);
  }
  compare('lost calls', lostText(memory, memory.now), lostText(stored, memory.now));
  compare(
    'tombstones',
    canonical(Object.fromEntries(memory.tombstones.entries())),
    canonical(Object.fromEntries(stored.tombstones.entries())),
  );
  compare('open leases', leasesText(memory), leasesText(stored));
  compare('usage pending', memory.pendingRecords.length, stored.pendingRecords.length);
  compare(
    'usage corrections pending',
    memory.pendingCorrections.length,
    stored.pendingCorrections.length,
  );
  compare('usage batches', [...memory.batches.keys()].join(), [...stored.batches.keys()].join());
  compare('sequences', JSON.stringify(memory.sequences), JSON.stringify(stored.sequences));
  return { counters, differences: found };
}

const leasesText = (state: PoolState): string => canonical(Object.fromEntries(state.leases));

/** Those that a late word can still correct. */
const lostText = (state: PoolState, now: number): string =>
  [...state.lost.values()]
    .filter((call) => call.until > now)
    .map((call) => call.callId)
    .sort()
    .join();

const reservedText = (reserved: ReadonlyMap<string, unknown>): string =>
  canonical(Object.fromEntries(reserved));

/** JSON with sorted names, so that equal values are equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
