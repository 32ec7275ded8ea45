import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, Settings } from '../../src/contract/settings';
import { changesIn, problemOf } from '../../ui/src/pages/settings/setting-check';
import { SPECS } from '../../ui/src/pages/settings/setting-spec';
import { settingTexts } from '../../ui/src/pages/settings/setting-texts';

const specOf = (path: string) => {
  const spec = SPECS.find((one) => one.path === path);
  if (spec === undefined) throw new Error(`no ${path}`);
  return spec;
};

describe('the controls of the settings', () => {
  it('are there for every setting of the schema, with its default and a text', () => {
    const paths = Object.entries(DEFAULT_SETTINGS).flatMap(([group, values]) =>
      Object.entries(values).map(([key, value]): [string, unknown] => [`${group}.${key}`, value]),
    );
    expect(SPECS.map(({ path, initial }) => [path, initial])).toEqual(paths);
    expect(Object.keys(Settings.shape)).toEqual(Object.keys(settingTexts.zh.groups));
    for (const language of ['en', 'zh'] as const) {
      const known = Object.keys(settingTexts[language].settings).toSorted();
      expect(known).toEqual(paths.map(([path]) => path).toSorted());
    }
  });

  it.each([
    ['app.app_url', { kind: 'text', maxLength: 2_048 }],
    ['app.image_format', { kind: 'choice', options: ['url', 'b64_json', 'base64'] }],
    ['app.call_retention_days', { kind: 'number', least: 1, most: 3_650 }],
    ['grok.temporary', { kind: 'switch' }],
    ['grok.generations', { kind: 'order', options: ['g1', 'g2', 'g3'] }],
    ['grok.filter_tags', { kind: 'list' }],
    ['grok.cf_clearance', { kind: 'secret', maxLength: 4_096 }],
    [
      'grok.image_generation_method',
      { kind: 'choice', options: ['legacy', 'imagine_ws_experimental'] },
    ],
  ])('edit %s as the schema has it', (path, control) => {
    expect(specOf(path).control).toEqual(control);
  });

  it('say what is wrong before it is sent', () => {
    expect(SPECS.filter((spec) => problemOf(spec, spec.initial) !== null)).toEqual([]);
    expect(problemOf(specOf('stream.idle_s'), 0)).toBe('number');
    expect(problemOf(specOf('stream.idle_s'), '')).toBe('number');
    expect(problemOf(specOf('grok.generations'), [])).toBe('none');
    expect(problemOf(specOf('app.app_url'), 'example')).toBe('address');
    expect(problemOf(specOf('app.time_zone'), 'Mars/Olympus')).toBe('zone');
    expect(problemOf(specOf('grok.user_agent'), 'x'.repeat(513))).toBe('long');
  });

  it('count as changed only what differs; a secret is changed by any text', () => {
    const stored = new Map<string, unknown>([
      ['retry.max_attempts', 3],
      ['grok.generations', ['g1', 'g2']],
      ['grok.cf_clearance', { set: false, mask: '' }],
      ['grok.x_statsig_id', { set: true, mask: 'ab****yz' }],
    ]);
    const edits = new Map<string, unknown>([
      ['retry.max_attempts', 3],
      ['grok.generations', ['g2', 'g1']],
      ['grok.cf_clearance', ''],
      ['grok.x_statsig_id', ''],
    ]);
    expect([...changesIn(edits, stored).keys()]).toEqual(['grok.generations', 'grok.x_statsig_id']);
  });
});
