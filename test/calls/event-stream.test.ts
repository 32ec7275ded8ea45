import { describe, expect, it } from 'vitest';
import { EventStream } from '../../src/calls/event-stream';

const decoder = new TextDecoder();

async function open(events: EventStream) {
  events.sendHead();
  const reader = (await events.response).body?.getReader();
  if (reader === undefined) throw new Error('no body');
  const read = async (): Promise<string | null> => {
    const { value, done } = await reader.read();
    return done ? null : decoder.decode(value);
  };
  return { read, leave: () => reader.cancel() };
}

describe('an event stream', () => {
  it('sends the first text at once, and what comes while it is on its way as one', async () => {
    const events = new EventStream();
    const { read } = await open(events);
    await events.write('a');
    await events.write('b');
    await events.write('c');
    expect(await read()).toBe('a');
    expect(await read()).toBe('bc');
  });

  it('lets little text wait for a slow client, then the writer as well', async () => {
    const events = new EventStream();
    const { read } = await open(events);
    await events.write('first');
    let isWaiting = true;
    const writing = events.write('x'.repeat(17 * 1_024)).then(() => (isWaiting = false));
    await scheduler.wait(5);
    expect(isWaiting).toBe(true);
    let chars = 0;
    while (chars < 5 + 17 * 1_024) chars += (await read())?.length ?? Number.POSITIVE_INFINITY;
    await writing;
    expect(isWaiting).toBe(false);
  });

  it('ends with everything that was handed over, the last words behind it', async () => {
    const events = new EventStream();
    const { read } = await open(events);
    await events.write('a');
    await events.write('b');
    const closing = events.close('end');
    expect(await read()).toBe('a');
    expect(await read()).toBe('bend');
    expect(await read()).toBe(null);
    await closing;
  });

  it('knows whether any of an answer was handed over: comments are none', async () => {
    const events = new EventStream();
    const { leave } = await open(events);
    events.beat();
    expect(events.hasText).toBe(false);
    await events.write('a');
    expect(events.hasText).toBe(true);
    await leave();
  });
});
