import { describe, expect, it } from 'vitest';
import { providerSettings, termMs, totalMs, watchLimits } from '../src/config';
import { DEFAULT_SETTINGS, type Settings } from '../src/contract/settings';

const SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  stream: { head_ms: 1, heartbeat_ms: 102, first_part_s: 301, idle_s: 302, total_s: 303 },
  images: { ...DEFAULT_SETTINGS.images, total_s: 304 },
  video: { ...DEFAULT_SETTINGS.video, total_s: 305 },
  grok: {
    ...DEFAULT_SETTINGS.grok,
    x_statsig_id: 'pasted id',
    cf_clearance: 'pasted clearance',
    user_agent: 'pasted agent',
    temporary: true,
    filter_tags: ['a', 'b'],
  },
};

describe('the waits of an answer', () => {
  it('are each its own setting', () => {
    expect(watchLimits(SETTINGS, true)).toEqual({
      firstPartMs: 301_000,
      idleMs: 302_000,
      totalMs: 303_000,
      headMs: 1,
      beatMs: 102,
    });
  });

  it('are fewer for a whole answer, and fewest where upstream is silent until it has all of it', () => {
    const whole = watchLimits(SETTINGS, false);
    expect(whole).toMatchObject({ firstPartMs: 301_000, headMs: null, beatMs: null });
    expect(watchLimits(SETTINGS, false, 'chat', true)).toEqual({ ...whole, firstPartMs: null });
  });

  it('of a film allow the silence in which it is made', () => {
    const quick = { ...SETTINGS.stream, first_part_s: 1, idle_s: 1 };
    const limits = watchLimits({ ...SETTINGS, stream: quick }, false, 'video');
    expect(limits).toMatchObject({ firstPartMs: 150_000, idleMs: 150_000, totalMs: 305_000 });
  });

  it('end in all by the kind of the call, and its lease a little later', () => {
    const kinds = ['chat', 'image', 'video'] as const;
    expect(kinds.map((kind) => totalMs(SETTINGS, kind))).toEqual([303_000, 304_000, 305_000]);
    expect(kinds.map((kind) => termMs(SETTINGS, kind))).toEqual([333_000, 334_000, 335_000]);
  });
});

describe('what an adapter goes by', () => {
  const vars = {
    GROK_BASE_URL: 'https://grok.example/',
    GROK_ASSETS_URL: 'https://assets.example',
    MOONSHOT_BASE_URL: 'https://moonshot.example/v1',
    DEEPSEEK_BASE_URL: 'https://deepseek.example',
    ZAI_BASE_URL: 'https://zai.example',
    SILICONFLOW_BASE_URL: 'https://siliconflow.example',
    XAI_BASE_URL: 'https://xai.example',
  };

  it('is the operator’s word', () => {
    expect(providerSettings(vars, SETTINGS, 'grok-web')).toEqual({
      baseUrl: 'https://grok.example',
      assetsUrl: 'https://assets.example',
      statsigId: 'pasted id',
      clearance: 'pasted clearance',
      userAgent: 'pasted agent',
      temporary: true,
      filterTags: ['a', 'b'],
    });
    expect(providerSettings(vars, SETTINGS, 'moonshot')).toMatchObject({
      baseUrl: 'https://moonshot.example/v1',
      assetsUrl: '',
    });
  });

  it('is the request’s where it says something', () => {
    const request = { temporary: false, filter_tags: [] };
    expect(providerSettings(vars, SETTINGS, 'grok-web', request)).toMatchObject({
      temporary: false,
      filterTags: [],
    });
  });
});
