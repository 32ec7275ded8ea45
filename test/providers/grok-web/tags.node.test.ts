import { describe, expect, it } from 'vitest';
import { TagFilter, tagRules } from '../../../src/providers/grok-web/tags';

function filtered(
  tokens: readonly string[],
  filters: readonly string[] = ['xaiartifact', 'a.b'],
): string {
  const filter = new TagFilter(tagRules(filters), (attributes) =>
    attributes.includes('show') ? '[x]' : '',
  );
  return tokens.map((token) => filter.push(token)).join('') + filter.flush();
}

const CASES: readonly (readonly [name: string, tokens: readonly string[], shown: string])[] = [
  ['passes text without tags', ['a ', 'b'], 'a b'],
  ['passes other tags', ['<b>bold</b> <', 'i', '>x</i>'], '<b>bold</b> <i>x</i>'],
  [
    'passes names that only begin alike',
    ['<xaiartifacts>', '<xai:tool_usage_card_id>1'],
    '<xaiartifacts><xai:tool_usage_card_id>1',
  ],
  ['passes comparisons', ['1 <', ' 2 < 3', '<'], '1 < 2 < 3<'],
  ['drops an element that one token holds', ['a<xaiArtifact id="1">gone</xaiArtifact>b'], 'ab'],
  [
    'drops the ends of an element that spans tokens',
    ['<xaiartifact>', 'stays', '</xaiartifact>'],
    'stays',
  ],
  ['finds a tag that is split anywhere', 'a<xaiartifact t=">">b</xaiartifact>c'.split(''), 'abc'],
  [
    'drops machine elements with all they hold',
    ['<grok:render id="1">', 'gone', '</grok:ren', 'der>b'],
    'b',
  ],
  [
    'puts what renders in place of the element',
    'a<grok:render show>x</grok:render>b'.split(''),
    'a[x]b',
  ],
  ['renders an element without content', ['a<grok:render show/>b'], 'a[x]b'],
  ['takes a dot in a name for a dot', ['<a.b>', '<axb>'], '<axb>'],
  ['drops a tag that the text breaks off in', ['a<grok:render card_id="'], 'a'],
  ['keeps letters whose lower case is longer', ['İİİ<grok:render>İ</grok:render>z'], 'İİİz'],
  ['drops a lone closing tag', ['a</xaiartifact>b'], 'ab'],
];

describe('TagFilter', () => {
  it.each(CASES)('%s', (_name, tokens, shown) => {
    expect(filtered(tokens)).toBe(shown);
  });

  it('drops tokens that contain a filter which is no tag name', () => {
    expect(filtered(['keep', ' <<secret>> ', 'keep'], ['<<secret'])).toBe('keepkeep');
  });

  it('keeps tags that are not filtered', () => {
    expect(filtered(['<xaiartifact>x</xaiartifact>'], [])).toBe('<xaiartifact>x</xaiartifact>');
  });

  it('holds an unfinished tag back only up to its limit', () => {
    const long = `<xaiartifact ${'x'.repeat(5_000)}`;
    const filter = new TagFilter(tagRules(['xaiartifact']), () => '');
    expect(filter.push(long.slice(0, 1_000))).toBe('');
    expect(filter.push(long.slice(1_000))).toBe(long);
  });

  it('shows text again after an element that does not end within its limit', () => {
    const filter = new TagFilter(tagRules([]), () => '');
    filter.push('<grok:render>');
    for (let count = 0; count < 70; count++) filter.push('x'.repeat(1_024));
    expect(filter.push('back')).toBe('back');
  });
});
