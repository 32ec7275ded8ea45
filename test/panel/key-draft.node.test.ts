import { describe, expect, it } from 'vitest';
import type { KeyItem, KeyItemWithUsage } from '../../src/contract/keys';
import {
  changesOf,
  draftOf,
  EMPTY_DRAFT,
  fieldOfParam,
  fieldsOf,
  PRESETS,
  wrongNumbers,
} from '../../ui/src/pages/keys/key-draft';
import { standingOf } from '../../ui/src/pages/keys/key-standing';

const ITEM: KeyItem = {
  id: 'key_1',
  name: 'website',
  display_key: 'sk-abc****wxyz',
  is_active: true,
  chat_limit: 300,
  heavy_limit: 0,
  image_limit: -1,
  video_limit: -1,
  rpm: null,
  concurrency: 4,
  models: ['grok-4'],
  ips: ['10.0.0.0/8', '::1'],
  created_at: 1_790_000_000,
  expires_at: 1_790_000_040_000,
  last_used_at: null,
  version: 3,
};
const numbers = (part: object) => ({
  ...EMPTY_DRAFT,
  numbers: { ...EMPTY_DRAFT.numbers, ...part },
});

describe('what the key form sends', () => {
  it('reads blank as unlimited and 0 as none, which are different things', () => {
    expect(fieldsOf(numbers({ chat: '', heavy: '0', image: ' 7 ' })).limits).toEqual({
      chat_per_day: null,
      heavy_per_day: 0,
      image_per_day: 7,
      video_per_day: null,
    });
  });

  it.each(['-1', '1.5', 'ten', '1e3', '99999999999'])('never sends %s as a limit', (text) => {
    expect(wrongNumbers(numbers({ chat: text, rpm: '0' }))).toEqual(['chat', 'rpm']);
  });

  it('is what the key has when nothing was touched, and then nothing', () => {
    const draft = draftOf(ITEM);
    expect(fieldsOf(draft)).toEqual({
      name: 'website',
      limits: { chat_per_day: 300, heavy_per_day: 0, image_per_day: null, video_per_day: null },
      rpm: null,
      concurrency: 4,
      expires_at: 1_790_000_040_000,
      models: ['grok-4'],
      ips: ['10.0.0.0/8', '::1'],
      is_active: true,
    });
    expect(changesOf(draft, draftOf(ITEM))).toEqual({});
  });

  it('names only what an edit changes', () => {
    const draft = draftOf(ITEM);
    const edited = {
      ...draft,
      numbers: { ...draft.numbers, chat: '' },
      models: [],
      ips: ' ',
      expires: '',
    };
    expect(changesOf(edited, draft)).toEqual({
      limits: { chat_per_day: null },
      models: null,
      ips: null,
      expires_at: null,
    });
  });

  it('fills in the limits that operators know', () => {
    expect(PRESETS.recommended).toEqual({ chat: '300', heavy: '100', image: '100', video: '20' });
  });

  it.each([
    ['limits.chat_per_day', 'chat'],
    ['ips.2', 'ips'],
    ['models.0', 'models'],
    ['name_prefix', 'name'],
    ['rpm', 'rpm'],
    ['id', null],
    [null, null],
  ])('shows an error about %s at %s', (param, field) => {
    expect(fieldOfParam(param)).toBe(field);
  });
});

describe('how a key stands', () => {
  const key = (part: Partial<KeyItemWithUsage>): KeyItemWithUsage => ({
    ...ITEM,
    expires_at: null,
    day: null,
    usage_today: { chat_used: 0, heavy_used: 0, image_used: 0, video_used: 0 },
    remaining_today: { chat: 300, heavy: null, image: null, video: null },
    ...part,
  });
  const spent = { chat: 0, heavy: null, image: null, video: null };

  it('is exhausted before it is enabled or disabled, and expired before that', () => {
    expect(standingOf(key({}), 5)).toBe('active');
    expect(standingOf(key({ is_active: false }), 5)).toBe('inactive');
    expect(standingOf(key({ is_active: false, remaining_today: spent }), 5)).toBe('exhausted');
    expect(standingOf(key({ expires_at: 5, remaining_today: spent }), 5)).toBe('expired');
  });
});
