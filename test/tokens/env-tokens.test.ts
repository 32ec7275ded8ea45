import { describe, expect, it } from 'vitest';
import { fingerprint, open } from '../../src/lib/seal';
import type { NewToken } from '../../src/pool/token';
import { importEnvToken, importEnvTokens, isEnvTokenKnown } from '../../src/tokens/env-tokens';
import { fakePool } from '../pool/fake-pool';

const CREDENTIAL_KEY = 'dGVzdC1vbmx5LWNyZWRlbnRpYWwta2V5LTMyLWJ5dGU=';

function importing() {
  const imported: NewToken[] = [];
  const connect = () =>
    fakePool({
      importTokens: (tokens) => {
        imported.push(...tokens);
        return Promise.resolve({ added: 1, updated: 0, unchanged: 0, listVersion: 1 });
      },
    });
  return { imported, connect };
}

// What an isolate has imported it remembers: each test has a provider of its own.
describe('a provider key that is a Worker secret', () => {
  it('becomes one credential, sealed and named by its provider, once an isolate', async () => {
    const { imported, connect } = importing();
    const env = { CREDENTIAL_KEY, MOONSHOT_API_KEY: ' sk-moonshot-secret-value ' };
    await importEnvToken(env, connect, 'moonshot');
    await importEnvToken(env, connect, 'moonshot');
    expect(imported).toHaveLength(1);
    const [token] = imported;
    expect(token).toMatchObject({
      id: 'env_moonshot',
      provider: 'moonshot',
      tier: 'basic',
      source: 'env:MOONSHOT_API_KEY',
      mask: 'sk-moo****alue',
      fingerprint: await fingerprint(env, 'sk-moonshot-secret-value'),
    });
    expect(await open(env, 'env_moonshot', token?.sealedSecret ?? '')).toBe(
      'sk-moonshot-secret-value',
    );
  });

  it('needs CREDENTIAL_KEY, says so, and is tried again', async () => {
    const { imported, connect } = importing();
    const bare = { DEEPSEEK_API_KEY: 'sk-deepseek-secret' };
    await expect(importEnvToken(bare, connect, 'deepseek')).rejects.toThrow('CREDENTIAL_KEY');
    expect(isEnvTokenKnown('deepseek')).toBe(false);
    await importEnvToken({ ...bare, CREDENTIAL_KEY }, connect, 'deepseek');
    expect(imported).toMatchObject([{ id: 'env_deepseek' }]);
  });

  it('that is not set imports nothing and needs nothing', async () => {
    const { imported, connect } = importing();
    await importEnvTokens({}, connect);
    expect(imported).toEqual([]);
    expect(isEnvTokenKnown('zai')).toBe(true);
  });
});
