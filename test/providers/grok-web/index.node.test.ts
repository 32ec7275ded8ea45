import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EgressError } from '../../../src/egress/egress';
import { grokWeb } from '../../../src/providers/grok-web/index';
import { bodyOf, call, drain, fakeEgress, request, SECRET, SETTINGS, textOf } from './fakes';

const CHAT = readFileSync(new URL('../../fixtures/grok-web/chat.ndjson', import.meta.url), 'utf8');
const PNG = 'data:image/png;base64,iVBORw0KGgoAAAAA';

const answering = () => fakeEgress(() => new Response(CHAT));

describe('grokWeb.stream', () => {
  it('posts the flattened conversation and reads the answer', async () => {
    const { egress, seen } = answering();
    const stream = await grokWeb.stream(
      call(egress, { settings: { ...SETTINGS, statsigId: 'pasted' } }),
    );
    const { parts, failure } = await drain(stream);
    expect(failure).toBeNull();
    expect(textOf(parts, 'text-delta')).toBe('The Aare (Áàrè, 阿勒河 🏞️).');
    expect(parts.at(-1)).toEqual({ type: 'finish', usage: null });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      url: 'http://127.0.0.1:9/rest/app-chat/conversations/new',
      init: { method: 'POST', redirect: 'manual' },
      body: { message: 'Hello', modelName: 'grok-4', temporary: false, fileAttachments: [] },
    });
    expect(seen[0]?.headers.get('x-statsig-id')).toBe('pasted');
    expect(seen[0]?.headers.get('origin')).toBe('https://grok.com');
    expect(seen[0]?.headers.get('cookie')).toBe(`sso=${SECRET}; sso-rw=${SECRET}`);
  });

  it('lets the request decide on temporary and filter_tags ahead of the settings', async () => {
    const line = JSON.stringify({
      result: { response: { token: '<think>x</think>y', isSoftStop: true } },
    });
    const { egress, seen } = fakeEgress(() => new Response(line));
    const asked = request('Hi', { temporary: true, filter_tags: ['think'] });
    const { parts } = await drain(await grokWeb.stream(call(egress, { request: asked })));
    expect(seen[0]?.body['temporary']).toBe(true);
    expect(textOf(parts, 'text-delta')).toBe('y');
    const settings = { ...SETTINGS, temporary: true };
    await drain(await grokWeb.stream(call(egress, { request: request('Hi'), settings })));
    expect(seen[1]?.body['temporary']).toBe(true);
  });

  it('uploads images ahead of the chat and attaches them', async () => {
    const { egress, seen } = fakeEgress(({ url }) =>
      url.endsWith('/upload-file') ? Response.json({ fileMetadataId: 'f1' }) : new Response(CHAT),
    );
    const content = [
      { type: 'image_url' as const, image_url: { url: PNG } },
      { type: 'text' as const, text: 'What?' },
    ];
    await grokWeb.stream(call(egress, { request: request([{ role: 'user', content }]) }));
    expect(seen.map(({ url }) => url.split('/').at(-1))).toEqual(['upload-file', 'new']);
    expect(seen[1]?.body).toMatchObject({ message: 'What?', fileAttachments: ['f1'] });
  });

  it('sends nothing for a request that it cannot serve', async () => {
    const { egress, seen } = answering();
    const asked = request([{ role: 'user', content: [{ type: 'file' }] }]);
    await expect(grokWeb.stream(call(egress, { request: asked }))).rejects.toMatchObject({
      code: 'unsupported_parameter',
    });
    await expect(grokWeb.stream(call(egress, { secret: 'bad secret' }))).rejects.toMatchObject({
      outcome: 'revoked',
    });
    expect(seen).toEqual([]);
  });

  it.each([
    [
      'HTTP 429',
      () => Response.json({ code: 8 }, { status: 429, headers: { 'retry-after': '7' } }),
      'limited',
    ],
    ['HTTP 401', () => new Response('', { status: 401 }), 'revoked'],
    [
      'a page with 200',
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      'blocked',
    ],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: '/sign-in' } }),
      'blocked',
    ],
    ['an answer without a body', () => new Response(null), 'faulty'],
    ['no connection', () => Promise.reject(new EgressError('refused')), 'unused'],
    ['a lost connection', () => Promise.reject(new Error('Network connection lost.')), 'faulty'],
  ])('classifies %s before any part', async (_name, answer, outcome) => {
    await expect(grokWeb.stream(call(fakeEgress(answer).egress))).rejects.toMatchObject({
      name: 'ProviderError',
      outcome,
    });
  });

  it.each([
    ['{"error":{"message":"Too many requests","code":8,"details":[]}}', 'limited'],
    [
      '{"error":{"message":"Request rejected by anti-bot rules.","code":7,"details":[]}}',
      'blocked',
    ],
    [
      '{"result":{"response":{"error":{"message":"You\'ve reached your usage limit for now.","code":8}}}}',
      'limited',
    ],
    [
      '{"result":{"response":{"modelResponse":{"message":"","streamErrors":[{"message":"Upstream failure","code":13}]}}}}',
      'faulty',
    ],
    [
      '{"result":{"response":{"modelResponse":{"message":"","error":"Too many requests"}}}}',
      'limited',
    ],
    ['{"code":8,"message":"Too many requests","details":[]}', 'limited'],
  ])('classifies %s inside a 200', async (line, outcome) => {
    const opening = '{"result":{"response":{"userResponse":{"model":"grok-4"}}}}\n';
    const { egress } = fakeEgress(() => new Response(`${opening}${line}\n`));
    const { parts, failure } = await drain(await grokWeb.stream(call(egress)));
    expect(parts).toEqual([]);
    expect(failure).toMatchObject({ name: 'ProviderError', outcome });
  });

  it('passes the signal on and hands an abort back as it is', async () => {
    const reason = new Error('client left');
    const signal = AbortSignal.abort(reason);
    const { egress, seen } = fakeEgress(() => Promise.reject(reason));
    await expect(grokWeb.stream(call(egress, { signal }))).rejects.toBe(reason);
    expect(seen[0]?.init.signal).toBe(signal);
  });

  it('ends the upstream call when the stream is cancelled (D-34)', async () => {
    const { body, state } = bodyOf([], 'open');
    const { egress } = fakeEgress(() => new Response(body));
    const stream = await grokWeb.stream(call(egress));
    stream.cancel();
    expect(state.isCancelled).toBe(true);
  });
});
