import type { UsageRecord } from '../../src/contract/usage';
import { at, pageOf } from './columns';
import { holdUnits } from './buckets';
import { hold } from './keys';
import type { OpenLease } from './leases';
import { type Packed, packedLease, packedRecord } from './packed';
import { type PoolState, TOMBSTONE_MS } from './state';
import type { BucketTable } from './tables';
import { tokenFields } from './statements';
import { type JournalBody, Work } from './work';

/**
 * How the pool survives. Each commit is one journal row holding the values that it changed; a
 * checkpoint writes those values into their tables, carries over what is still open, and deletes the
 * rows. Start-up = tables + journal rows after `through_seq`.
 */

/** Journal rows, and bytes of them, before a checkpoint folds them away. */
const CHECKPOINT_ROWS = 200;
const CHECKPOINT_CHARS = 1_000_000;
/** Open leases in one carried row. */
const CARRIED_PER_ROW = 200;

/** What has been journalled since the last checkpoint, and must be folded by the next. */
export class Journal {
  seq = 0;
  rows = 0;
  chars = 0;
  /** Pages by bucket number; number 0 is the health table. */
  readonly pages = new Map<number, Set<number>>();
  readonly keys = new Set<string>();

  page(bucket: number, slot: number): void {
    const pages = this.pages.get(bucket);
    if (pages === undefined) this.pages.set(bucket, new Set([pageOf(slot)]));
    else pages.add(pageOf(slot));
  }

  folded(carriedRows: number): void {
    this.rows = carriedRows;
    this.chars = 0;
    this.pages.clear();
    this.keys.clear();
  }
}

/** Writes everything since the last commit, in one transaction. Nothing of it is true before that. */
export function commit(state: PoolState, journal: Journal): void {
  const { work, ports } = state;
  if (work.isEmpty) return;
  noteUnfolded(work, journal);
  const full = journal.rows >= CHECKPOINT_ROWS || journal.chars >= CHECKPOINT_CHARS;
  ports.transaction(() => {
    writeRows(state);
    writeFreshPages(state);
    if (full) checkpoint(state, journal);
    else if (work.hasJournal) append(state, journal, imageOf(state));
  });
  state.work = new Work();
}

function noteUnfolded(work: Work, journal: Journal): void {
  for (const slot of work.tokens.difference(work.fresh)) journal.page(0, slot);
  for (const [bucket, slots] of work.buckets) {
    for (const slot of slots.difference(work.fresh)) journal.page(bucket, slot);
  }
  for (const id of work.keys) journal.keys.add(id);
}

/** Rows that are not numbers: written where they belong, at once. */
function writeRows(state: PoolState): void {
  const { work, stmt } = state;
  for (const row of work.names) stmt.addName(row);
  if (work.tokenRows.size > 0) writeTokens(state);
  for (const id of work.keyRows) writeKey(state, id);
  if (work.settings) stmt.setMeta('settings', JSON.stringify(state.settings));
  for (const { batch, body, sealedAt } of work.batches) stmt.addOutbox(batch, body, sealedAt);
  for (const batch of work.acked) stmt.deleteOutbox(batch);
}

/** Tags are dropped by what is stored of a token, so before it is overwritten. */
function writeTokens({ work, stmt }: PoolState): void {
  const rows = [...work.tokenRows.values()].filter((row) => row !== null);
  const tags = JSON.stringify(
    [...work.tokenRows].map(([slot, row]) => [slot, row === null ? '[]' : row.tags]),
  );
  stmt.dropTags(tags);
  for (const [slot, row] of work.tokenRows) if (row === null) stmt.deleteToken(slot);
  if (rows.length > 0) stmt.putTokens(JSON.stringify(rows.map(tokenFields)));
  stmt.putTags(tags);
}

/**
 * New tokens go straight into their pages: no older row of the journal knows their slots, so reading
 * it back cannot undo them, and an import does not fill the journal. Their neighbours in a page are
 * stored as they stand, which is what the journal says of them as well.
 */
function writeFreshPages(state: PoolState): void {
  const { work, stmt } = state;
  if (work.fresh.size === 0) return;
  const pages = new Set([...work.fresh].map(pageOf));
  const tables = [0, ...work.buckets.keys()];
  for (const id of tables) {
    const { stored } = id === 0 ? state.tokens : state.bucketById(id);
    for (const page of pages) stmt.putPage(id, page, stored.packPage(page));
  }
}

function append(state: PoolState, journal: Journal, body: JournalBody): void {
  const text = JSON.stringify(body);
  journal.seq++;
  journal.rows++;
  journal.chars += text.length;
  state.stmt.addJournal(journal.seq, text);
}

/** The values that the work changed, as they stand now. */
function imageOf(state: PoolState): JournalBody {
  const { work } = state;
  const images = (
    stored: PoolState['tokens']['stored'] | BucketTable['stored'],
    slots: Set<number>,
  ) => [...slots.difference(work.fresh)].map((slot) => [slot, ...stored.row(slot)]);
  const tokens = images(state.tokens.stored, work.tokens);
  const buckets = Object.fromEntries(
    [...work.buckets]
      .map(([id, slots]) => [id, images(state.bucketById(id).stored, slots)] as const)
      .filter(([, rows]) => rows.length > 0),
  );
  return {
    t: state.now,
    ...(work.sequences && { sequences: state.sequences }),
    ...(work.opened.size > 0 && {
      opened: openLeases(state, work.opened).map((lease) => packedLease.pack(lease)),
    }),
    ...(work.closed.size > 0 && { closed: [...work.closed] }),
    ...(tokens.length > 0 && { tokens }),
    ...(Object.keys(buckets).length > 0 && { buckets }),
    ...(work.keys.size > 0 && {
      keys: Object.fromEntries([...work.keys].flatMap((id) => keyImage(state, id))),
    }),
    ...(work.records.length > 0 && { records: packRecords(work.records) }),
    ...(work.corrections.length > 0 && { corrections: work.corrections }),
    ...(work.sealedRecords + work.sealedCorrections > 0 && {
      sealed: [work.sealedRecords, work.sealedCorrections] as const,
    }),
    ...(work.tombstones.size > 0 && { tombstones: [...work.tombstones] }),
    ...(work.lost.size > 0 && { lost: [...work.lost.values()] }),
    ...(work.found.size > 0 && { found: [...work.found] }),
  };
}

const openLeases = (state: PoolState, ids: Iterable<string>): OpenLease[] =>
  [...ids].map((id) => state.leases.get(id)).filter((lease) => lease !== undefined);

const packRecords = (records: readonly UsageRecord[]): Packed[] =>
  records.map((record) => packedRecord.pack(record));

const keyImage = (state: PoolState, id: string) => {
  const key = state.key(id);
  return key === null ? [] : [[id, key.counters] as const];
};

/** Folds the journal into the tables. What is still open is carried over in few, new rows. */
function checkpoint(state: PoolState, journal: Journal): void {
  const { stmt } = state;
  for (const [bucket, pages] of journal.pages) {
    const { stored } = bucket === 0 ? state.tokens : state.bucketById(bucket);
    for (const page of pages) stmt.putPage(bucket, page, stored.packPage(page));
  }
  for (const id of journal.keys) writeKey(state, id);
  const through = journal.seq;
  stmt.setMeta('sequences', JSON.stringify(state.sequences));
  stmt.setMeta('through_seq', String(through));
  stmt.setMeta('clock', String(state.now));
  stmt.deleteJournal(through);

  const leases = [...state.leases.values()].map((lease) => packedLease.pack(lease));
  const rest: JournalBody = {
    t: state.now,
    records: packRecords(state.pendingRecords),
    corrections: state.pendingCorrections,
    tombstones: state.tombstones.entries(),
    lost: [...state.lost.values()].filter(({ until }) => until > state.now),
  };
  const carried: JournalBody[] = [rest];
  for (let first = 0; first < leases.length; first += CARRIED_PER_ROW) {
    carried.push({ t: state.now, opened: leases.slice(first, first + CARRIED_PER_ROW) });
  }
  for (const body of carried) append(state, journal, body);
  journal.folded(carried.length);
}

function writeKey(state: PoolState, id: string): void {
  const key = state.key(id);
  if (key === null) return;
  const { limits, counters } = key;
  state.stmt.putKey({
    id,
    version: limits.version,
    limits: JSON.stringify(limits),
    counters: JSON.stringify(counters),
  });
}

/** Fills an empty state from storage. */
export function recover(state: PoolState, journal: Journal, now: number): void {
  const { stmt } = state;
  const meta = stmt.meta();
  // SAFETY: these texts were written by this object, from these types.
  const settings = meta.get('settings');
  if (settings !== undefined) state.setSettings(JSON.parse(settings));
  const sequences = meta.get('sequences');
  if (sequences !== undefined) Object.assign(state.sequences, JSON.parse(sequences));
  state.now = Math.max(now, Number(meta.get('clock') ?? 0));

  for (const row of stmt.names()) state.addName(row);
  for (const { page, body } of stmt.pages(0)) state.tokens.stored.unpackPage(page, body);
  const through = Number(meta.get('through_seq') ?? 0);
  journal.seq = through;
  for (const { seq, body } of stmt.journal(through)) {
    // SAFETY: as above.
    replay(state, journal, JSON.parse(body) as JournalBody);
    journal.seq = seq;
    journal.rows++;
    journal.chars += body.length;
  }
  state.tokens.reserve(state.sequences.slot);
  for (const { batch } of stmt.outboxIds()) state.batches.set(batch, { sentAt: null, tries: 0 });
  state.advance(state.now);
  for (const lease of state.leases.values()) holdAgain(state, lease);
  for (let slot = 1; slot < state.sequences.slot; slot++) state.wakeToken(slot);
  // The journal may have set cells after their table was read: plan their moments again.
  for (const table of state.loadedBuckets()) state.wakeCells(table);
}

/** Sets what one commit had set. */
function replay(state: PoolState, journal: Journal, body: JournalBody): void {
  state.now = Math.max(state.now, body.t);
  if (body.sequences !== undefined) Object.assign(state.sequences, body.sequences);
  for (const stored of body.opened ?? []) {
    const lease = packedLease.unpack(stored);
    state.leases.set(lease.callId, lease);
  }
  for (const id of body.closed ?? []) {
    state.leases.delete(id);
    state.ended.add(id, body.t + TOMBSTONE_MS, state.now);
  }
  for (const [slot = 0, ...row] of body.tokens ?? []) {
    state.tokens.stored.setRow(slot, row);
    journal.page(0, slot);
  }
  for (const [id, rows] of Object.entries(body.buckets ?? {})) {
    const { stored } = state.bucketById(Number(id));
    for (const [slot = 0, ...row] of rows) {
      stored.setRow(slot, row);
      journal.page(Number(id), slot);
    }
  }
  for (const [id, counters] of Object.entries(body.keys ?? {})) {
    const key = state.key(id);
    if (key !== null) key.counters = counters;
    journal.keys.add(id);
  }
  for (const stored of body.records ?? []) state.pendingRecords.push(packedRecord.unpack(stored));
  state.pendingCorrections.push(...(body.corrections ?? []));
  const [records = 0, corrections = 0] = body.sealed ?? [];
  state.pendingRecords.splice(0, records);
  state.pendingCorrections.splice(0, corrections);
  for (const [id, until] of body.tombstones ?? []) state.tombstones.add(id, until);
  for (const call of body.lost ?? []) state.lost.set(call.callId, call);
  for (const id of body.found ?? []) state.lost.delete(id);
}

/** What an open lease holds follows from the lease: counted again, not stored. */
function holdAgain(state: PoolState, lease: OpenLease): void {
  const table = state.bucketById(lease.bucket);
  holdUnits(table, lease.slot, lease.units);
  const key = state.key(lease.keyId);
  if (key !== null) hold(key, lease.charges, lease.day);
  const { inFlight } = state.tokens.live.fields;
  inFlight[lease.slot] = at(inFlight, lease.slot) + 1;
  state.earliestExpiry = Math.min(state.earliestExpiry, lease.expiresAt);
}
