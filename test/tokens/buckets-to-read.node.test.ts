import { describe, expect, it } from 'vitest';
import type { GrokGeneration } from '../../src/contract/settings';
import type { BucketView, TokenView } from '../../src/pool/token';
import { bucketsToRead } from '../../src/tokens/buckets-to-read';

const FIGURES: Omit<BucketView, 'name'> = {
  state: 'known',
  free: 1,
  limit: 1,
  reserved: 0,
  used: 0,
  stale: false,
  resetsAt: null,
  readAt: null,
  source: null,
  sourceAt: null,
  uncertain: 0,
  coolingUntil: null,
};

type Asked = Pick<TokenView, 'provider' | 'tier' | 'buckets'>;
type Given = Partial<Omit<Asked, 'buckets'>> & { readonly buckets?: readonly string[] };

const token = ({ buckets = [], ...fields }: Given): Asked => ({
  provider: 'grok-web',
  tier: 'basic',
  ...fields,
  buckets: buckets.map((name) => ({ ...FIGURES, name })),
});

const ALL: readonly GrokGeneration[] = ['g3', 'g2', 'g1'];

describe('bucketsToRead', () => {
  it.each<readonly [string, Given, readonly GrokGeneration[], readonly string[]]>([
    ['the listed figure', {}, ALL, ['grok-4']],
    ['both figures of a better account', { tier: 'super' }, ALL, ['grok-4', 'grok-4-heavy']],
    ['the mode where the oldest is off', {}, ['g3'], ['mode:fast']],
    ['no heavy mode of a super account', { tier: 'super' }, ['g2'], ['mode:fast']],
    ['both modes of a heavy one', { tier: 'heavy' }, ['g3'], ['mode:fast', 'mode:heavy']],
  ])('asks for %s', (_name, given, generations, names) => {
    expect(bucketsToRead(token(given), generations)).toEqual(names);
  });

  it('asks for what the token has drawn from, and for nothing in advance', () => {
    const buckets = ['grok-3', 'imagine:image_pro', 'mode:auto'];
    expect(bucketsToRead(token({ buckets }), ALL)).toEqual([
      'grok-3',
      'grok-4',
      'imagine:image_pro',
      'mode:auto',
    ]);
  });

  it('asks for no bucket of a generation that is off', () => {
    const buckets = ['grok-3', 'grok-4', 'imagine:video', 'mode:auto'];
    expect(bucketsToRead(token({ buckets }), ['g3'])).toEqual([
      'imagine:video',
      'mode:auto',
      'mode:fast',
    ]);
    expect(bucketsToRead(token({ buckets }), ['g1'])).toEqual([
      'grok-3',
      'grok-4',
      'imagine:video',
    ]);
  });

  it('only proves a credential whose calls are not counted', () => {
    expect(bucketsToRead(token({ provider: 'xai' }), ALL)).toEqual(['calls']);
    expect(bucketsToRead(token({ provider: 'xai', buckets: ['calls'] }), [])).toEqual(['calls']);
  });
});
