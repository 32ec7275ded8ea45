import { describe, expect, it } from 'vitest';
import { GRACE_MS, KEEP_MS, MAX_LOG_CHARS, MAX_RUN_MS, MAX_WAITS } from '../../src/imagine/limits';
import type { Settlement } from '../../src/pool/call';
import { brief, openBook, plan } from './book-fixtures';

const T = 1_795_000_000_000;

const done: Settlement = {
  callId: 'call-1',
  attempt: 1,
  outcome: 'done',
  clientEmpty: false,
  record: { status: 200, error: null, firstPartMs: 1, usage: null },
};

describe('a session book', () => {
  it('numbers what it stores without a gap, and tells each event once it is stored', () => {
    const { told, wake } = openBook();
    const book = wake();
    const run = book.start(plan(), true, T);
    book.batchBegins('call-1', T + 1);
    expect(book.deliver('call-1', 'https://gw.test/1', T + 5)).toBe(true);
    expect(book.deliver('call-1', 'https://gw.test/2', T + 6)).toBe(true);
    book.settles(done);
    expect(book.stop('stop', T + 9)).toBe(run.id);
    expect(brief(told)).toEqual(['status running', 'image 1', 'image 2', 'status stopped']);
    expect(told.map(({ seq }) => seq)).toEqual([T, T + 1, T + 2, T + 3]);
    expect(book.eventsAfter(T + 1)).toEqual(told.slice(2));
    expect(JSON.parse(told[1]?.json ?? '')).toEqual({
      type: 'image',
      seq: T + 1,
      url: 'https://gw.test/1',
      sequence: 1,
      created_at: T + 5,
      elapsed_ms: 4,
      aspect_ratio: '2:3',
      run_id: run.id,
    });
  });

  it('keeps the events of an hour, each batch of ten a second or so', () => {
    const { wake } = openBook();
    const book = wake();
    const run = book.start(plan({ n: 10 }), true, T);
    for (let batch = 0; batch < 360; batch++) {
      book.batchBegins(`call-${batch}`, T);
      for (let n = 0; n < 10; n++) {
        book.deliver(`call-${batch}`, `https://gw.test/images/u_${'x'.repeat(150)}`, T);
      }
      book.batchEnds();
    }
    expect(book.run?.id).toBe(run.id);
    expect(book.eventsAfter(0)).toHaveLength(3_601);
  });

  it('keeps the newest events when they become too many bytes, and tells which is the oldest', () => {
    const { wake } = openBook();
    const book = wake();
    const run = book.start(plan(), true, T);
    const message = 'x'.repeat(50_000);
    for (let i = 0; i < 60; i++) book.fail(run.id, { code: 'upstream_error', message }, T);
    const kept = book.eventsAfter(0);
    expect(kept.reduce((sum, { json }) => sum + json.length, 0)).toBeLessThanOrEqual(MAX_LOG_CHARS);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.at(-1)?.seq).toBe(T + 60);
    expect(book.firstSeq).toBe(kept[0]?.seq);
    const woken = wake();
    expect(woken.firstSeq).toBe(kept[0]?.seq);
    woken.fail(run.id, { code: 'upstream_error', message }, T);
  });

  it('after a restart tells of it, restarts nothing, and charges what was stored', () => {
    const { told, wake } = openBook();
    const book = wake();
    book.start(plan(), true, T);
    book.batchBegins('call-1', T);
    book.attemptBegins(2);
    book.deliver('call-1', 'https://gw.test/1', T + 5);

    const again = wake();
    again.recover(false, T + 9);
    expect(brief(told)).toEqual(['status running', 'image 1', 'status session_restarted']);
    expect(again.run).toBeNull();
    expect(again.unheard).toMatchObject([
      { callId: 'call-1', attempt: 2, outcome: 'lost', charges: { image: 1 } },
      { callId: 'call-1', attempt: 3, outcome: 'lost', charges: { image: 1 } },
    ]);
    // A second restart finds nothing new.
    wake().recover(false, T + 10);
    expect(told).toHaveLength(3);
    again.heard(2);
    expect(wake().unheard).toEqual([]);
  });

  it('keeps a settlement over a restart until it was heard, and settles no batch twice', () => {
    const { wake } = openBook();
    const book = wake();
    book.start(plan(), true, T);
    book.batchBegins('call-1', T);
    book.settles(done);
    const again = wake();
    again.recover(false, T);
    expect(again.unheard).toEqual([done]);
  });

  it('delivers no picture of a run that was stopped, replaced, or settled', () => {
    const { wake } = openBook();
    const book = wake();
    book.start(plan(), true, T);
    book.batchBegins('call-1', T);
    book.stop('stop', T);
    expect(book.deliver('call-1', 'u', T)).toBe(false);
    book.start(plan(), true, T);
    expect(book.deliver('call-1', 'u', T)).toBe(false);
    book.batchBegins('call-2', T);
    book.settles(done);
    expect(book.deliver('call-2', 'u', T)).toBe(false);
  });

  it('tells of a run that another replaces', () => {
    const { told, wake } = openBook();
    const book = wake();
    book.start(plan(), true, T);
    book.start(plan(), true, T);
    expect(brief(told)).toEqual(['status running', 'status stopped', 'status running']);
    expect(JSON.parse(told[1]?.json ?? '')).toMatchObject({ reason: 'replaced' });
  });

  it('lets a continuous run go on for a minute without clients, and for an hour with them (D-21)', () => {
    const { wake } = openBook();
    const book = wake();
    book.start(plan(), true, T);
    expect(book.stopReason(T + MAX_RUN_MS - 1)).toBeNull();
    expect(book.stopReason(T + MAX_RUN_MS)).toBe('time_limit');
    book.detached(T);
    expect(book.stopReason(T + GRACE_MS - 1)).toBeNull();
    expect(book.stopReason(T + GRACE_MS)).toBe('abandoned');
    book.attached();
    expect(book.stopReason(T + GRACE_MS)).toBeNull();
  });

  it('lets a single run end by itself, watched or not', () => {
    const { wake } = openBook();
    const book = wake();
    book.start(plan({ mode: 'single' }), false, T);
    expect(book.stopReason(T + GRACE_MS)).toBeNull();
  });

  it('starts one run a second', () => {
    const { wake } = openBook();
    const book = wake();
    expect(book.startWaitMs(T)).toBe(0);
    book.start(plan(), true, T);
    expect(book.startWaitMs(T + 400)).toBe(600);
    expect(wake().startWaitMs(T + 1_000)).toBe(0);
  });

  it('waits for short limits a few times in a row, and anew after a picture', () => {
    const { wake } = openBook();
    const book = wake();
    book.start(plan(), true, T);
    for (let i = 0; i < MAX_WAITS; i++) expect(book.waits()).toBe(true);
    expect(book.waits()).toBe(false);
    book.batchBegins('call-1', T);
    book.deliver('call-1', 'u', T);
    expect(book.waits()).toBe(true);
  });

  it('forgets everything ten minutes after the last client left, and begins with higher numbers', () => {
    const { wake } = openBook();
    const book = wake();
    book.start(plan({ mode: 'single' }), true, T);
    book.stop('finished', T);
    book.detached(T + 5);
    expect(book.dueAt(T + 5)).toBe(T + 5 + KEEP_MS);
    expect(book.isOver(T + 4 + KEEP_MS)).toBe(false);
    expect(book.isOver(T + 5 + KEEP_MS)).toBe(true);
    const last = book.lastSeq ?? 0;
    book.forget();
    expect(book.eventsAfter(0)).toEqual([]);
    expect(book.dueAt(T)).toBeNull();
    book.start(plan(), true, T + KEEP_MS + 9);
    expect(book.firstSeq).toBeGreaterThan(last);
    // A number that nobody was given asks for all there is.
    expect(book.eventsAfter(T + 10 * KEEP_MS)).toHaveLength(1);
  });

  it('is not over while a settlement is unheard, and wakes for it soon', () => {
    const { wake } = openBook();
    const book = wake();
    book.start(plan(), true, T);
    book.settles(done);
    book.stop('stop', T);
    book.detached(T);
    expect(book.isOver(T + KEEP_MS)).toBe(false);
    expect(book.dueAt(T)).toBe(T + 1_000);
  });

  it('takes a ticket once', () => {
    const { wake } = openBook();
    const book = wake();
    expect(book.useTicket('a', T + 10, T)).toBe(true);
    expect(book.useTicket('a', T + 10, T)).toBe(false);
    expect(wake().useTicket('a', T + 10, T + 1)).toBe(false);
    expect(book.useTicket('b', T + 10, T)).toBe(true);
  });

  it('tells nobody of a step that could not be stored', () => {
    const { database, told, wake } = openBook();
    const book = wake();
    database.failNextTransactionAt(1);
    expect(() => book.start(plan(), true, T)).toThrow('disk');
    database.disarm();
    expect(told).toEqual([]);
    expect(book.run).toBeNull();
    const again = wake();
    expect(again.run).toBeNull();
    expect(again.eventsAfter(0)).toEqual([]);
  });
});
