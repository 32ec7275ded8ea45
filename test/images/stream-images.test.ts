import { describe, expect, it } from 'vitest';
import type { DrawJob } from '../../src/images/draw';
import { type EventStyle, streamImages } from '../../src/images/stream-images';
import { FakePool, FakeProvider, runOf, type Script, upstreamError } from '../chat/fakes';
import { drawJob, failed, FINISH, picture, progress } from './fakes';

const NOW = 1_795_000_000_500;
const STYLE: EventStyle = {
  prefix: 'image_generation',
  size: '1024x1024',
  quality: 'auto',
  background: 'auto',
  previews: null,
};

interface Event {
  readonly name: string;
  readonly data: Record<string, unknown>;
}

async function streamed(
  fields: Partial<DrawJob>,
  script: Script,
  style: Partial<EventStyle> = {},
): Promise<{ pool: FakePool; response: Response; events: Event[]; text: string }> {
  const pool = new FakePool();
  const job = drawJob([runOf(pool, new FakeProvider(script))], fields);
  const { response, work } = streamImages(job, { ...STYLE, ...style }, () => NOW);
  const answer = await response;
  const text = await answer.text();
  await work;
  return { pool, response: answer, events: eventsOf(text), text };
}

function eventsOf(text: string): Event[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('event: '))
    .map((block) => {
      const [name = '', data = ''] = block.split('\n');
      return { name: name.slice('event: '.length), data: JSON.parse(data.slice('data: '.length)) };
    });
}

describe('pictures, streamed', () => {
  it('are told as OpenAI tells them: previews, then each picture', async () => {
    const { response, events, pool, text } = await streamed({ n: 2, format: 'b64_json' }, [
      [progress(0, 50, 'PREV')],
      [picture('b', 1, 'BBBB')],
      [progress(0, 50), progress(0, 80), picture('a', 0, 'AAAA')],
      [FINISH],
    ]);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('60');
    expect(events.map(({ name, data }) => [name, data['index'], data['b64_json']])).toEqual([
      ['image_generation.partial_image', 0, 'PREV'],
      ['image_generation.completed', 1, 'BBBB'],
      ['image_generation.partial_image', 0, ''],
      ['image_generation.completed', 0, 'AAAA'],
    ]);
    expect(events[0]?.data).toEqual({
      type: 'image_generation.partial_image',
      created_at: 1_795_000_000,
      size: '1024x1024',
      quality: 'auto',
      background: 'auto',
      output_format: 'jpeg',
      b64_json: 'PREV',
      partial_image_index: 0,
      index: 0,
      progress: 50,
    });
    expect(events[3]?.data).toMatchObject({
      type: 'image_generation.completed',
      output_format: 'jpeg',
      usage: { estimated: true, input_tokens: 3 },
    });
    expect(text).not.toContain('[DONE]');
    expect(pool.settled).toMatchObject([{ outcome: 'done', charges: { image: 2 } }]);
  });

  it('may be ten, each with its index', async () => {
    const script: Script = Array.from({ length: 10 }, (_, at) => [picture(`p${at}`, at)]);
    const { events } = await streamed({ n: 10 }, [...(script as object as []), [FINISH]]);
    expect(events.map(({ data }) => data['index'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('have no more previews than were asked for, and the prefix of an edit', async () => {
    const script: Script = [
      [progress(0, 10), progress(0, 20), progress(0, 30)],
      [picture('a')],
      [FINISH],
    ];
    const { events } = await streamed({}, script, { prefix: 'image_edit', previews: 1 });
    expect(events.map(({ name }) => name)).toEqual([
      'image_edit.partial_image',
      'image_edit.completed',
    ]);
    const none = await streamed({}, script, { previews: 0 });
    expect(none.events).toHaveLength(1);
  });

  it('that are fewer than asked for say so in the last of them; never as a value (D-40)', async () => {
    const { events, pool, text } = await streamed({ n: 3 }, [
      [picture('a', 0)],
      [progress(1, 10)],
      [picture('c', 2)],
      [failed(1, 'content_policy_violation'), FINISH],
    ]);
    const completed = events.filter(({ name }) => name.endsWith('completed'));
    expect(completed.map(({ data }) => data['incomplete'])).toEqual([
      undefined,
      { requested: 3, delivered: 2, reasons: ['content_policy_violation'] },
    ]);
    expect(text).not.toContain('"error"');
    expect(pool.settled).toMatchObject([{ charges: { image: 2 } }]);
  });

  it('that are fewer say so in an event of its own when another was begun after the last', async () => {
    for (const previews of [null, 0]) {
      const script: Script = [
        [picture('a', 0)],
        [progress(1, 50)],
        [failed(1, 'content_policy_violation'), FINISH],
      ];
      const { events } = await streamed({ n: 2 }, script, { previews });
      expect(events.at(-1)).toMatchObject({
        name: 'image_generation.incomplete',
        data: {
          type: 'image_generation.incomplete',
          created_at: 1_795_000_000,
          incomplete: { requested: 2, delivered: 1, reasons: ['content_policy_violation'] },
        },
      });
      expect(events.filter(({ name }) => name.endsWith('completed'))).toHaveLength(1);
    }
  });

  it('that break off after some end with what came', async () => {
    const { events, pool } = await streamed({ n: 2 }, [
      [picture('a')],
      upstreamError('limited', 'pool_exhausted'),
    ]);
    expect(events).toMatchObject([
      { data: { incomplete: { requested: 2, delivered: 1, reasons: ['pool_exhausted'] } } },
    ]);
    expect(pool.settled).toMatchObject([{ outcome: 'partial', cause: 'limited' }]);
  });

  it('that fail before the head keep their status', async () => {
    const run = runOf(
      new FakePool(),
      new FakeProvider(upstreamError('refused', 'content_policy_violation', { retryable: false })),
    );
    const { response, work } = streamImages(drawJob([run]), STYLE, () => NOW);
    await expect(response).rejects.toMatchObject({ code: 'content_policy_violation', status: 400 });
    await work;
  });

  it('that fail after the head end with an error event', async () => {
    const { events, pool } = await streamed({}, [
      [progress(0, 10)],
      upstreamError('faulty', 'upstream_cut'),
    ]);
    expect(events.map(({ name }) => name)).toEqual(['image_generation.partial_image', 'error']);
    expect(events[1]?.data).toEqual({
      error: expect.objectContaining({ code: 'upstream_cut', status: 502, type: 'server_error' }),
    });
    expect(pool.settled).toMatchObject([{ clientEmpty: true, record: { status: 200 } }]);
  });

  it('of a client that leaves are settled at the next beat', async () => {
    const pool = new FakePool();
    const run = runOf(pool, new FakeProvider([[progress(0, 10)], 'hang']));
    const limits = { firstPartMs: 60_000, idleMs: 60_000, totalMs: 60_000, headMs: 1, beatMs: 20 };
    const job = drawJob([run], { limits: () => limits });
    const { response, work } = streamImages(job, STYLE, () => NOW);
    const reader = (await response).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await work;
    expect(pool.settled).toMatchObject([{ outcome: 'aborted' }]);
  });

  it('send the head and beats while nothing comes', async () => {
    const pool = new FakePool();
    const client = new AbortController();
    const run = runOf(pool, new FakeProvider('hang'), {}, { caller: client.signal });
    const limits = { firstPartMs: 60_000, idleMs: 60_000, totalMs: 60_000, headMs: 1, beatMs: 5 };
    const job = drawJob([run], { limits: () => limits });
    const { response, work } = streamImages(job, STYLE, () => NOW);
    const reader = (await response).body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!seen.includes(': beat')) seen += (await reader?.read())?.value ?? '';
    expect(seen.startsWith(': ok\n\n')).toBe(true);
    client.abort();
    await work;
    expect(pool.settled).toMatchObject([{ outcome: 'aborted' }]);
  });
});
