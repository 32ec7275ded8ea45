import { describe, expect, it } from 'vitest';
import { planImport } from '../../ui/src/pages/tokens/import-plan';

const TARGET = { provider: 'grok-web', tier: 'heavy' } as const;

function plan(text: string) {
  const { batches, ...rest } = planImport(text, TARGET);
  return {
    ...rest,
    sent: batches.map(({ target, items }) => [
      target.tier,
      ...items.map(({ line, upload }) => [line, upload]),
    ]),
  };
}

describe('planImport', () => {
  it('takes one credential a line and remembers which line it was', () => {
    expect(plan('one-token\r\n\r\n  sso=two-token \none-token\n')).toEqual({
      total: 3,
      repeats: 1,
      invalid: [],
      sent: [['heavy', [1, 'one-token'], [3, 'sso=two-token']]],
    });
  });

  it('sends no mask: it would refuse all the others', () => {
    expect(plan('abcdef****wxyz\nreal-token')).toMatchObject({
      total: 2,
      invalid: [{ line: 1, reason: 'mask' }],
      sent: [['heavy', [2, 'real-token']]],
    });
  });

  it('reads the JSON of older panels, each pool as it says, unknown fields left out', () => {
    const older = {
      ssoBasic: ['basic-token', { token: 'noted', quota: 3, note: 'n', tags: ['t', 5], odd: true }],
      ssoSuper: [{ token: 'super-token', status: 'weird', heavy_quota: 1.5 }, 7],
    };
    expect(plan(JSON.stringify(older))).toEqual({
      total: 4,
      repeats: 0,
      invalid: [{ line: 4, reason: 'format' }],
      sent: [
        ['basic', [1, 'basic-token'], [2, { token: 'noted', quota: 3, note: 'n', tags: ['t'] }]],
        ['super', [3, { token: 'super-token' }]],
      ],
    });
  });

  it.each([
    ['an array', '["first-token", {"token": "second-token"}]'],
    ['an object a line', '{"token": "first-token"}\n{"token": "second-token"}'],
    ['a list of this panel', '{"tokens": ["first-token", "second-token"]}'],
  ])('reads %s', (_, text) => {
    expect(planImport(text, TARGET)).toMatchObject({ total: 2, invalid: [] });
  });

  it('cuts what is long into batches, and takes broken JSON for lines', () => {
    const lines = Array.from({ length: 4_500 }, (_, index) => `token-number-${index}`).join('\n');
    expect(planImport(lines, TARGET).batches.map(({ items }) => items.length)).toEqual([
      2_000, 2_000, 500,
    ]);
    expect(planImport('[broken\nreal-token', TARGET).total).toBe(2);
  });
});
