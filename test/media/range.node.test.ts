import { describe, expect, it } from 'vitest';
import { parseRange, planAnswer } from '../../src/media/range';

const SIZE = 1_000;
const MADE_AT = Date.UTC(2026, 10, 20, 12, 0, 0, 250);
const object = { sizeBytes: SIZE, etag: 'tag', modifiedAt: MADE_AT };
const get = (headers: Record<string, string>, method = 'GET') =>
  planAnswer(method, new Headers(headers), object);
const part = (offset: number, length: number) => ({ status: 206, slice: { offset, length } });

describe('preconditions (RFC 9110, 13.1)', () => {
  it.each([
    [{ 'if-match': '"tag"' }, 200],
    [{ 'if-match': '"other", "tag"' }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-match': 'W/"tag"' }, 412],
    [{ 'if-unmodified-since': new Date(MADE_AT).toUTCString() }, 200],
    [{ 'if-unmodified-since': new Date(MADE_AT - 1_000).toUTCString() }, 412],
    [{ 'if-unmodified-since': 'no date' }, 200],
    // If-Match wins.
    [{ 'if-match': '"tag"', 'if-unmodified-since': new Date(0).toUTCString() }, 200],
    [{ 'if-match': '"other"', 'if-none-match': '"tag"' }, 412],
    [{ 'if-match': '"tag"', 'if-none-match': '"tag"' }, 304],
  ])('%j is %i', (headers, status) => {
    expect(get(headers).status).toBe(status);
  });
});

describe('a range (RFC 9110, 14)', () => {
  it.each([
    ['bytes=0-1', part(0, 2)],
    ['bytes=0-0', part(0, 1)],
    ['bytes=0-', part(0, SIZE)],
    ['bytes=500-', part(500, 500)],
    ['bytes=999-', part(999, 1)],
    ['bytes=-1', part(999, 1)],
    ['bytes=-500', part(500, 500)],
    ['bytes=-5000', part(0, SIZE)],
    ['bytes=10-5000', part(10, 990)],
    ['BYTES = 10-19 ', part(10, 10)],
    ['bytes=00010-0019', part(10, 10)],
  ])('%s is answered with its bytes', (range, plan) => {
    expect(get({ range })).toEqual(plan);
  });

  it.each(['bytes=1000-', 'bytes=1000-1001', 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s cannot be satisfied',
    (range) => {
      expect(get({ range })).toEqual({ status: 416 });
    },
  );

  it.each([
    'bytes=0-1,3-4',
    'bytes=0-1, -1',
    'bytes=5-4',
    'bytes=-',
    'bytes=a-b',
    'bytes=1.5-2',
    'bytes=--1',
    'bytes 0-1',
    'items=0-1',
    '0-1',
    '',
  ])('%s is ignored: several, malformed, another unit (D-42)', (range) => {
    expect(get({ range })).toEqual({ status: 200 });
  });

  it('is ignored in a HEAD', () => {
    expect(get({ range: 'bytes=0-1' }, 'HEAD')).toEqual({ status: 200 });
  });

  it('of an empty object cannot be satisfied', () => {
    const empty = { ...object, sizeBytes: 0 };
    for (const range of ['bytes=0-', 'bytes=0-0', 'bytes=-1']) {
      expect(planAnswer('GET', new Headers({ range }), empty)).toEqual({ status: 416 });
    }
    expect(planAnswer('GET', new Headers(), empty)).toEqual({ status: 200 });
  });

  it('is parsed without a size', () => {
    expect(parseRange('bytes=-7')).toEqual({ suffix: 7 });
    expect(parseRange('bytes=7-')).toEqual({ first: 7, last: null });
    expect(parseRange(null)).toBeNull();
  });
});

describe('a player that asks for more than it wants', () => {
  const PIECE = 262_144;
  const film = { ...object, sizeBytes: 40 * 1_048_576 };
  const play = (headers: Record<string, string>) =>
    planAnswer('GET', new Headers({ 'sec-fetch-dest': 'video', ...headers }), film);

  it('gets a piece of a range without an end, and in Chromium of one to the end', () => {
    expect(play({ range: 'bytes=0-' })).toEqual(part(0, PIECE));
    const toEnd = { range: `bytes=1000-${film.sizeBytes - 1}` };
    expect(play({ ...toEnd, 'sec-ch-ua': '"Chromium"' })).toEqual(part(1_000, PIECE));
    expect(play(toEnd)).toEqual(part(1_000, film.sizeBytes - 1_000));
  });

  it('gets what is less than a piece, and the end of the file, as they are', () => {
    expect(play({ range: 'bytes=0-1', 'sec-ch-ua': '"Chromium"' })).toEqual(part(0, 2));
    expect(play({ range: 'bytes=-5' })).toEqual(part(film.sizeBytes - 5, 5));
    expect(play({ range: `bytes=${film.sizeBytes - 5}-` })).toEqual(part(film.sizeBytes - 5, 5));
    expect(play({})).toEqual({ status: 200 });
  });

  it('is not whoever downloads', () => {
    expect(
      planAnswer('GET', new Headers({ range: 'bytes=0-', 'sec-fetch-dest': 'document' }), film),
    ).toEqual(part(0, film.sizeBytes));
  });
});

describe('If-Range (RFC 9110, 13.1.5)', () => {
  const range = 'bytes=0-1';

  it.each(['"tag"', 'Fri, 20 Nov 2026 12:00:00 GMT'])('%s lets the range through', (condition) => {
    expect(get({ range, 'if-range': condition })).toEqual(part(0, 2));
  });

  it.each([
    '"other"',
    'W/"tag"',
    'tag',
    'Fri, 20 Nov 2026 12:00:01 GMT',
    'Fri, 20 Nov 2026 11:59:59 GMT',
    'nonsense',
  ])('%s gets the whole object', (condition) => {
    expect(get({ range, 'if-range': condition })).toEqual({ status: 200 });
  });

  it('of another version gets the whole object even where the range could not be satisfied', () => {
    expect(get({ range: 'bytes=5000-', 'if-range': '"other"' })).toEqual({ status: 200 });
    expect(get({ range: 'bytes=5000-', 'if-range': '"tag"' })).toEqual({ status: 416 });
  });
});

describe('If-None-Match and If-Modified-Since (RFC 9110, 13.1)', () => {
  it.each(['"tag"', 'W/"tag"', '"a", "tag"', '"a",W/"tag" , "b"', '*'])(
    '%s is not modified',
    (tags) => {
      expect(get({ 'if-none-match': tags })).toEqual({ status: 304 });
      expect(get({ 'if-none-match': tags }, 'HEAD')).toEqual({ status: 304 });
    },
  );

  it.each(['"other"', 'tag', '"tagged"', ''])('%s is answered', (tags) => {
    expect(get({ 'if-none-match': tags })).toEqual({ status: 200 });
  });

  it('go before a range', () => {
    expect(get({ 'if-none-match': '"tag"', range: 'bytes=0-1' })).toEqual({ status: 304 });
    expect(get({ 'if-none-match': '"other"', range: 'bytes=0-1' })).toEqual(part(0, 2));
  });

  it('take the date only without tags', () => {
    const since = 'Fri, 20 Nov 2026 12:00:00 GMT';
    expect(get({ 'if-modified-since': since })).toEqual({ status: 304 });
    expect(get({ 'if-modified-since': 'Fri, 20 Nov 2026 11:59:59 GMT' })).toEqual({ status: 200 });
    expect(get({ 'if-modified-since': since, 'if-none-match': '"other"' })).toEqual({
      status: 200,
    });
  });
});
