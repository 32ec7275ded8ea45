import { describe, expect, it } from 'vitest';
import { Feed } from '../../src/media/feed';
import { FEED_BYTES } from '../../src/media/limits';

const MEBI = 1_048_576;
const chunk = (fill: number, size = MEBI) => new Uint8Array(size).fill(fill);
const noRest = () => Promise.resolve(null);

async function read(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(body).arrayBuffer());
}

describe('the body of a fill’s first client', () => {
  it('has the bytes as they come', async () => {
    const feed = new Feed();
    const reader = feed.body.getReader();
    const first = reader.read();
    feed.push(chunk(1, 3));
    expect((await first).value).toEqual(chunk(1, 3));
    feed.push(chunk(2, 2));
    feed.end(noRest);
    expect((await reader.read()).value).toEqual(chunk(2, 2));
    expect((await reader.read()).done).toBe(true);
  });

  it('of a slow client goes on from the cache, and holds a few MiB at most', async () => {
    const feed = new Feed();
    const whole = Array.from({ length: 20 }, (_, n) => chunk(n));
    for (const bytes of whole) feed.push(bytes);
    const offsets: number[] = [];
    feed.end((offset) => {
      offsets.push(offset);
      return Promise.resolve(new Blob(whole.slice(offset / MEBI)).stream());
    });
    const bytes = await read(feed.body);
    expect(offsets).toEqual([FEED_BYTES]);
    expect(bytes.length).toBe(20 * MEBI);
    expect([0, 7, 8, 19].map((n) => bytes[n * MEBI])).toEqual([0, 7, 8, 19]);
  });

  it('breaks off when the fill does, and when the rest is not in the cache', async () => {
    const cut = new Feed();
    cut.push(chunk(1, 3));
    cut.fail(new Error('cut'));
    await expect(read(cut.body)).rejects.toThrow('cut');
    const behind = new Feed();
    for (let n = 0; n < 20; n++) behind.push(chunk(n));
    behind.end(noRest);
    await expect(read(behind.body)).rejects.toThrow('not in the cache');
  });

  it('lets a fill that cannot be cached go at the client’s pace', async () => {
    const feed = new Feed();
    const pushAll = async (): Promise<void> => {
      for (let n = 0; n < 20; n++) {
        await feed.room(MEBI);
        feed.push(chunk(n));
      }
      feed.end(noRest);
    };
    const [bytes] = await Promise.all([read(feed.body), pushAll()]);
    expect(bytes.length).toBe(20 * MEBI);
  });

  it('holds nothing up once the client has left', async () => {
    const feed = new Feed();
    for (let n = 0; n < FEED_BYTES / MEBI; n++) feed.push(chunk(n));
    const room = feed.room(MEBI);
    await feed.body.cancel();
    await room;
    expect(feed.hasLeft).toBe(true);
    feed.push(chunk(1));
    await feed.room(FEED_BYTES * 2);
  });
});
