import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../src/contract/chat';
import { directEgress } from '../../../src/egress/direct';
import type { ModelSpec, ProviderId } from '../../../src/models/model-spec';
import { listModels } from '../../../src/models/catalog';
import type { Part } from '../../../src/providers/provider';
import { baseUrlOf, providerOf } from '../../../src/providers/registry';
import { callTo, chat, modelOf, readAll } from './support';

/** Asks the simulator's provider with a credential whose name says how it behaves. */
async function ask(
  model: ModelSpec,
  name: string,
  fields: Partial<ChatRequest> = {},
): Promise<Part[]> {
  const request = chat({ model: model.id, ...fields });
  const { call } = callTo(() => Promise.reject(new Error('not asked')), request, { secret: name });
  const stream = await providerOf(model.provider).stream({
    ...call,
    egress: directEgress(env.EGRESS),
    settings: { ...call.settings, baseUrl: baseUrlOf(model.provider, env) },
  });
  return (await readAll(stream)).flat();
}

const textOf = (parts: readonly Part[]) =>
  parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');

describe('the adapter against a provider over HTTP', () => {
  const providers: readonly ProviderId[] = ['moonshot', 'deepseek', 'zai', 'siliconflow', 'xai'];
  for (const provider of providers) {
    it(`gives the same text and figures from ${provider}, streamed and whole`, async () => {
      const model = listModels().find((row) => row.provider === provider);
      if (model === undefined) throw new Error(`no row of ${provider}`);
      const whole = await ask(model, `sim-${provider}-a-tokens30`);
      const streamed = await ask(model, `sim-${provider}-b-tokens30`, { stream: true });
      expect(textOf(whole)).not.toBe('');
      expect(textOf(streamed)).toBe(textOf(whole));
      expect(streamed.at(-1)).toEqual(whole.at(-1));
      expect(whole.at(-1)).toMatchObject({ type: 'finish', usage: { estimated: false } });
    });
  }

  it('reads on through keep-alives, whole and streamed', async () => {
    for (const stream of [false, true]) {
      expect(textOf(await ask(modelOf('deepseek-chat'), 'sim-keepalive', { stream }))).not.toBe('');
    }
  });

  it('says that figures are missing when upstream gives none', async () => {
    for (const stream of [false, true]) {
      const parts = await ask(modelOf('deepseek-chat'), 'sim-nousage', { stream });
      expect(parts.at(-1)).toEqual({ type: 'finish', usage: null });
    }
  });

  const FAULTS: readonly (readonly [name: string, outcome: string, code: string])[] = [
    ['sim-unauthorized', 'revoked', 'upstream_unauthorized'],
    ['sim-banned', 'banned', 'upstream_unauthorized'],
    ['sim-challenge', 'blocked', 'upstream_blocked'],
    ['sim-limited', 'limited', 'pool_exhausted'],
    ['sim-limitedhtml', 'blocked', 'upstream_blocked'],
    ['sim-nobalance', 'limited', 'pool_exhausted'],
    ['sim-moderated', 'refused', 'content_policy_violation'],
    ['sim-e500', 'faulty', 'upstream_error'],
    ['sim-e500counts', 'faulty', 'upstream_error'],
    ['sim-e503', 'faulty', 'upstream_error'],
    ['sim-inband8', 'limited', 'pool_exhausted'],
    ['sim-streamerror', 'faulty', 'upstream_error'],
    ['sim-cut', 'faulty', 'upstream_cut'],
    ['sim-cutfirst', 'faulty', 'upstream_cut'],
    ['sim-earlyend', 'faulty', 'upstream_cut'],
  ];
  for (const [name, outcome, code] of FAULTS) {
    it(`calls the credential ${name} ${outcome}`, async () => {
      const model = modelOf('deepseek-chat');
      await expect(ask(model, name, { stream: true })).rejects.toMatchObject({ outcome, code });
    });
  }

  it('believes the time that upstream names', async () => {
    await expect(ask(modelOf('kimi-k2.5'), 'sim-limited7')).rejects.toMatchObject({
      detail: { retryAfterMs: 7_000 },
    });
  });
});
