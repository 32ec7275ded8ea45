import type { CallRun } from '../../src/calls/run-call';
import type { DrawJob } from '../../src/images/draw';
import type { PictureOutlet } from '../../src/images/picture';
import { inputTokensOf } from '../../src/images/usage';
import type { Part, ProviderErrorCode } from '../../src/providers/provider';

export const picture = (name: string, index?: number, base64?: string): Part => ({
  type: 'image',
  url: `https://assets.grok.com/${name}.jpg`,
  ...(index === undefined ? {} : { index }),
  ...(base64 === undefined ? {} : { base64 }),
});
export const progress = (index: number, percent: number, base64?: string): Part => ({
  type: 'image-progress',
  index,
  progress: percent,
  ...(base64 === undefined ? {} : { base64 }),
});
export const failed = (index: number, code: ProviderErrorCode): Part => ({
  type: 'image-failed',
  index,
  code,
});
export const FINISH: Part = { type: 'finish', usage: null };

/** Names pictures by the last step of their address; one called `lost` cannot be had. */
export const OUTLET: PictureOutlet = {
  link: async ({ url }, tokenId) => `https://gw.test/images/${nameOf(url)}?t=${tokenId}`,
  base64: async ({ url }) => {
    if (url.includes('lost')) throw new Error('gone');
    return `bytes-of-${nameOf(url)}`;
  },
};

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

export function drawJob(
  runs: readonly [CallRun, ...CallRun[]],
  fields: Partial<DrawJob> = {},
): DrawJob {
  const [first, ...others] = runs;
  return {
    n: 1,
    format: 'url',
    runs: [() => first, ...others.map((run) => () => run)],
    limits: () => ({
      firstPartMs: 60_000,
      idleMs: 60_000,
      totalMs: 60_000,
      headMs: null,
      beatMs: null,
    }),
    outlet: OUTLET,
    input: inputTokensOf('a red kite', 0),
    ...fields,
  };
}
