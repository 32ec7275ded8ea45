import { describe, expect, it } from 'vitest';
import {
  baseUrlOf,
  findProvider,
  PROVIDER_IDS,
  providerOf,
  type ProviderVars,
  secretNameOf,
} from '../../src/providers/registry';

const VARS: ProviderVars = {
  GROK_BASE_URL: 'https://grok.com',
  GROK_ASSETS_URL: 'https://assets.grok.com',
  MOONSHOT_BASE_URL: 'https://api.moonshot.cn/v1',
  DEEPSEEK_BASE_URL: 'https://api.deepseek.com',
  ZAI_BASE_URL: 'https://open.bigmodel.cn/api/paas/v4',
  SILICONFLOW_BASE_URL: 'https://api.siliconflow.cn/v1',
  XAI_BASE_URL: 'https://api.x.ai/v1',
};

describe('registry', () => {
  it('has an adapter of its own name for every id', () => {
    expect(PROVIDER_IDS).toHaveLength(6);
    for (const id of PROVIDER_IDS) {
      expect(providerOf(id).id).toBe(id);
      expect(findProvider(id)).toBe(providerOf(id));
    }
  });

  it('finds nothing under other names', () => {
    for (const name of ['constructor', '__proto__', '', 'openai']) {
      expect(findProvider(name)).toBeNull();
    }
  });

  it('names the secret of each official provider, and none for Grok accounts', () => {
    expect(PROVIDER_IDS.map((id) => [id, secretNameOf(id)])).toEqual([
      ['grok-web', null],
      ['moonshot', 'MOONSHOT_API_KEY'],
      ['deepseek', 'DEEPSEEK_API_KEY'],
      ['zai', 'ZAI_API_KEY'],
      ['siliconflow', 'SILICONFLOW_API_KEY'],
      ['xai', 'XAI_API_KEY'],
    ]);
  });
});

describe('baseUrlOf', () => {
  it('gives each provider its address without a last slash', () => {
    expect(baseUrlOf('grok-web', VARS)).toBe('https://grok.com');
    expect(baseUrlOf('zai', VARS)).toBe('https://open.bigmodel.cn/api/paas/v4');
    expect(
      baseUrlOf('moonshot', { ...VARS, MOONSHOT_BASE_URL: 'https://x.example:8443/v1//' }),
    ).toBe('https://x.example:8443/v1');
  });

  for (const url of [
    'http://127.0.0.1:8788',
    'http://127.8.9.1:1/v1',
    'http://localhost:8788',
    'http://[::1]:8788',
  ]) {
    it(`takes ${url} only where loopback is allowed`, () => {
      const vars = { ...VARS, XAI_BASE_URL: url };
      expect(baseUrlOf('xai', { ...vars, ALLOW_LOOPBACK: 'true' })).toBe(url);
      expect(() => baseUrlOf('xai', vars)).toThrow(
        expect.objectContaining({ code: 'provider_unavailable' }),
      );
      expect(() => baseUrlOf('xai', { ...vars, ALLOW_LOOPBACK: '1' })).toThrow(
        'XAI_BASE_URL is not a usable https address.',
      );
    });
  }

  for (const url of [
    '',
    'api.x.ai/v1',
    'http://api.x.ai/v1',
    'http://127.0.0.1.example.com',
    'ftp://127.0.0.1',
    'https://user:pass@api.x.ai',
    'https://api.x.ai/v1?key=1',
    'https://api.x.ai/#a',
  ]) {
    it(`refuses ${JSON.stringify(url)} even where loopback is allowed`, () => {
      const vars = { ...VARS, XAI_BASE_URL: url, ALLOW_LOOPBACK: 'true' };
      expect(() => baseUrlOf('xai', vars)).toThrow(
        expect.objectContaining({ code: 'provider_unavailable' }),
      );
    });
  }
});
