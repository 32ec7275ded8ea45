/**
 * Ways to break the pool that the walk must notice. White space in `find` matches any white space, so
 * that formatting does not matter; code that is not found any more is an error of the script.
 */

/** @typedef {{ name: string, file: string, edits: [find: string, replace: string][] }} Mutant */

/** @type {readonly Mutant[]} */
export const MUTANTS = [
  {
    name: 'ended leases are not journalled',
    file: 'storage.ts',
    edits: [['...(work.closed.size > 0 && { closed: [...work.closed] }),', '']],
  },
  {
    name: 'key counters are not journalled',
    file: 'storage.ts',
    edits: [['...(work.keys.size > 0 && {', '...(work.keys.size > 9e9 && {']],
  },
  {
    name: 'units are lent again before their give-back is durable',
    file: 'storage.ts',
    edits: [
      [
        'state.work = new Work();',
        'const late = work.opened.size > 0 ? [...work.closed] : []; state.work = new Work(); for (const id of late) state.work.closed.add(id);',
      ],
      [
        '...(work.closed.size > 0 && { closed: [...work.closed] }),',
        '...(work.closed.size > 0 && work.opened.size === 0 && { closed: [...work.closed] }),',
      ],
    ],
  },
  {
    name: 'a sealed batch leaves its records in the journal',
    file: 'storage.ts',
    edits: [
      [
        'sealed: [work.sealedRecords, work.sealedCorrections] as const,',
        'sealed: [0, 0] as const,',
      ],
    ],
  },
  {
    name: 'a checkpoint drops records that wait',
    file: 'storage.ts',
    edits: [['records: packRecords(state.pendingRecords),', 'records: [],']],
  },
  {
    name: 'through_seq is one too high',
    file: 'storage.ts',
    edits: [
      [
        "stmt.setMeta('through_seq', String(through));",
        "stmt.setMeta('through_seq', String(through + 1));",
      ],
    ],
  },
  {
    name: 'a restart forgets what keys hold',
    file: 'storage.ts',
    edits: [['if (key !== null) hold(key, lease.charges, lease.day);', '']],
  },
  {
    name: 'a restart forgets when leases expire',
    file: 'storage.ts',
    edits: [['state.earliestExpiry = Math.min(state.earliestExpiry, lease.expiresAt);', '']],
  },
  {
    name: 'a restart forgets when cooldowns end',
    file: 'storage.ts',
    edits: [['for (const table of state.loadedBuckets()) state.wakeCells(table);', '']],
  },
  {
    name: 'tombstones are not journalled',
    file: 'storage.ts',
    edits: [['...(work.tombstones.size > 0 && { tombstones: [...work.tombstones] }),', '']],
  },
  {
    name: 'an acknowledged batch stays stored',
    file: 'storage.ts',
    edits: [['for (const batch of work.acked) stmt.deleteOutbox(batch);', '']],
  },
  {
    name: 'tombstones are ignored',
    file: 'admit.ts',
    edits: [['state.tombstones.has(ask.callId) ||', '']],
  },
  {
    name: 'a word about an older attempt ends the newer',
    file: 'settle.ts',
    edits: [['if (ended.attempt !== lease.attempt) return;', '']],
  },
  {
    name: 'a key is given back on the day of now',
    file: 'settle.ts',
    edits: [
      [
        'release(key, lease.charges, lease.day, charged);',
        'release(key, lease.charges, state.calendar.day(state.now), charged);',
      ],
    ],
  },
  {
    name: 'second attempts never expire',
    file: 'settle.ts',
    edits: [
      [
        'if (lease.expiresAt > state.now) {',
        'if (lease.expiresAt > state.now || lease.attempt > 1) {',
      ],
    ],
  },
  {
    name: 'a late word on a lost call makes a second record',
    file: 'settle.ts',
    edits: [
      [
        'state.pendingCorrections.push(correction); state.work.corrections.push(correction);',
        'const again = { ...state.pendingRecords.find((one) => one.id === call.callId), ...correction }; state.pendingRecords.push(again as never); state.work.records.push(again as never);',
      ],
    ],
  },
  {
    name: 'units go back without looking at the epoch',
    file: 'buckets.ts',
    edits: [['lease.epoch === at(cell.epoch, slot)', 'lease.epoch <= at(cell.epoch, slot)']],
  },
  {
    name: 'a rate limit does not empty the bucket',
    file: 'buckets.ts',
    edits: [
      ['cell.used[slot] = at(cell.used, slot) + at(cell.free, slot); cell.free[slot] = 0;', ''],
    ],
  },
  {
    name: 'the cap of never-read buckets is ignored',
    file: 'shelves.ts',
    edits: [["open < unknownInFlight ? 'unread' : 'none'", "'unread'"]],
  },
  {
    name: 'a half-open token lends freely',
    file: 'shelves.ts',
    edits: [["if (at(tokens.stored.fields.trial, slot) === 1 && inFlight > 0) return 'none';", '']],
  },
  {
    name: 'an open breaker lets everybody through',
    file: 'blame.ts',
    edits: [
      [
        'return breaker?.isOpen === true ? Math.max(0, breaker.nextTrialAt - now) : 0;',
        'return 0;',
      ],
    ],
  },
  {
    name: 'a caller who leaves ends the spell of a dead provider',
    file: 'outcomes.ts',
    edits: [['const hasBegun = ended.record.firstPartMs !== null;', 'const hasBegun = true;']],
  },
  {
    name: 'an answer that broke off shows that upstream answers',
    file: 'outcomes.ts',
    edits: [['return hasBegun && !isPenalty(healthEffect(ended))', 'return hasBegun']],
  },
  {
    name: 'a call from before the spell ends it',
    file: 'blame.ts',
    edits: [['&& breaker.openedAt < admittedAt', '']],
  },
  {
    name: 'two readings of one round expire a token',
    file: 'readings.ts',
    edits: [['if (isSameWord) return false;', '']],
  },
  {
    name: 'refused readings have no shared cause',
    file: 'blame.ts',
    edits: [['this.#count(state, readingsOf(provider), slot, penalty, punish);', 'punish();']],
  },
  {
    name: 'readings punish while their provider is in trouble',
    file: 'blame.ts',
    edits: [['if (breaker.isOpen && scope.startsWith(`${provider}/`)) return;', '']],
  },
  {
    name: 'one call may punish every token it meets',
    file: 'blame.ts',
    edits: [['if (!lease.penalised || confirmed) {', 'if (lease !== null) {']],
  },
  {
    name: 'a reading forgets leases that ended meanwhile',
    file: 'readings.ts',
    edits: [['+ reading.endedUnits;', ';']],
  },
  {
    name: 'a reading older than the last is applied',
    file: 'readings.ts',
    edits: [['reading.askedAt < at(readAt, slot) ||', '']],
  },
  {
    name: 'calls a minute are not counted',
    file: 'keys.ts',
    edits: [['key.counters.rpmUsed++;', '']],
  },
  {
    name: 'concurrency allows one too many',
    file: 'keys.ts',
    edits: [['key.open >= limits.concurrency', 'key.open > limits.concurrency']],
  },
  {
    name: 'a batch is sent again under a new id',
    file: 'outbox.ts',
    edits: [
      [
        'due.push(sent.fresh ?? this.#stored(batch));',
        'const again = sent.fresh ?? this.#stored(batch); due.push({ ...again, batchId: `${again.batchId}.${resent.tries}.${state.now}` });',
      ],
    ],
  },
  {
    name: 'faulty calls cost the credential nothing',
    file: 'outcomes.ts',
    edits: [["faulty: { units: 'spent'", "faulty: { units: 'back'"]],
  },
  {
    name: 'a caller who left pays nothing',
    file: 'outcomes.ts',
    edits: [[' || !ended.clientEmpty', '']],
  },
  {
    name: 'pictures that never came are charged',
    file: 'outcomes.ts',
    edits: [
      [
        'if (charges === undefined) return reserved;',
        'if (charges === undefined || true) return reserved;',
      ],
    ],
  },
  {
    name: 'a dear call is lent without looking for room',
    file: 'shelves.ts',
    edits: [['(units > MAX_SHELF_UNITS && !this.canServe(slot, table, units));', 'false;']],
  },
];

/**
 * Applies a mutant's edits to the source of its file.
 * @param {string} source
 * @param {Mutant} mutant
 * @throws Error when code it looks for is gone, or is there more than once.
 */
export function mutate(source, { file, edits }) {
  return edits.reduce((text, [find, replace]) => {
    const found = [...text.matchAll(toPattern(find))].length;
    if (found !== 1) throw new Error(`${file} has ${found} times, not once: ${find}`);
    return text.replace(toPattern(find), () => replace);
  }, source);
}

/** @param {string} text */
function toPattern(text) {
  const words = text
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(words.join('\\s+'), 'g');
}
