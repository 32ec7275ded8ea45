import { describe, expect, it } from 'vitest';
import { completeChat } from '../../src/chat/complete-chat';
import type { AnswerJob } from '../../src/chat/job';
import { streamChat } from '../../src/chat/stream-chat';
import type { Part } from '../../src/providers/provider';
import { END, FakePool, FakeProvider, jobOf, runOf, text } from './fakes';

const image = (name: string): Part => ({ type: 'image', url: `https://assets.grok.com/${name}` });

describe('a picture in an answer', () => {
  const script = [[text('See: ')], [image('a.jpg'), text('and '), image('lost.jpg')], END];
  const show: AnswerJob['show'] = async ({ url }, tokenId) => {
    if (url.includes('lost')) throw new Error('not on the list');
    return `https://gw.test/${url.slice(url.lastIndexOf('/') + 1)}?t=${tokenId}`;
  };

  it('is a link of this gateway, whole and streamed; one that cannot be shown is left out', async () => {
    const content = 'See: \n![Generated image](https://gw.test/a.jpg?t=token-1)\nand ';
    const whole = await completeChat(runOf(new FakePool(), new FakeProvider(script)), {
      ...jobOf(),
      show,
    });
    expect(whole.choices[0]?.message.content).toBe(content);

    const job = { ...jobOf(), show };
    const { response, work } = streamChat(runOf(new FakePool(), new FakeProvider(script)), job);
    const body = await (await response).text();
    await work;
    const streamed = [...body.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)].map(([, json = '""']) =>
      String(JSON.parse(json)),
    );
    expect(streamed.join('')).toBe(content);
    expect(body).toContain('data: [DONE]');
  });

  it('costs text nothing: nothing is shown where there is none', async () => {
    let shown = 0;
    const counting: AnswerJob['show'] = () => Promise.resolve(String((shown += 1)));
    const run = runOf(new FakePool(), new FakeProvider([[text('hi')], END]));
    await completeChat(run, { ...jobOf(), show: counting });
    expect(shown).toBe(0);
  });

  it('is what the key is charged for, unless the client left', async () => {
    const charged = () => ({ image: 1 });
    const pool = new FakePool();
    await completeChat(runOf(pool, new FakeProvider(script)), { ...jobOf(), show, charged });
    expect(pool.settled).toMatchObject([{ outcome: 'done', charges: { image: 1 } }]);

    const client = new AbortController();
    const left = new FakePool();
    const job = { ...jobOf(), show, charged };
    const { response, work } = streamChat(
      runOf(left, new FakeProvider([[image('a')], 'hang']), {}, { caller: client.signal }),
      job,
    );
    await (await response).body?.getReader().read();
    client.abort();
    await work;
    expect(left.settled).toMatchObject([{ outcome: 'aborted' }]);
    expect(left.settled[0]).not.toHaveProperty('charges');
  });
});
