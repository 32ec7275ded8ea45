import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { toAppError } from '../../src/errors';
import type { NewToken, TokenPage, TokenView } from '../../src/pool/token';
import { open } from '../../src/lib/seal';
import { type ImportDeps, importTokens } from '../../src/tokens/import-tokens';
import { IMPORT_CHUNK } from '../../src/tokens/name-tokens';
import { parseTextImport } from '../../src/tokens/parse-import';

/** A pool that keeps what it is given, and that another admin can change between two calls. */
class FakePool {
  readonly tokens = new Map<string, NewToken>();
  readonly chunks: number[] = [];
  version = 1;
  /** Called before each import. */
  meanwhile: () => void = () => undefined;

  async importTokens(tokens: readonly NewToken[], ifVersion?: number) {
    this.meanwhile();
    const nothing = { added: 0, updated: 0, unchanged: 0, listVersion: this.version };
    if (ifVersion !== undefined && ifVersion !== this.version) return { ...nothing, stale: true };
    this.chunks.push(tokens.length);
    for (const token of tokens) this.tokens.set(token.fingerprint, token);
    return { ...nothing, added: tokens.length, listVersion: ++this.version };
  }

  async listTokens(): Promise<TokenPage> {
    const tokens = [...this.tokens.values()].map(({ id }) => view(id));
    return { tokens, next: null, total: tokens.length, listVersion: this.version };
  }

  async findTokens(refs: readonly ({ id: string } | { fingerprint: string })[]) {
    return refs.flatMap((ref) => {
      const token = 'fingerprint' in ref ? this.tokens.get(ref.fingerprint) : undefined;
      return token === undefined ? [] : [view(token.id)];
    });
  }

  async deleteTokens(refs: readonly unknown[]) {
    return { found: refs.length, listVersion: ++this.version };
  }
}

function view(id: string): TokenView {
  return {
    id,
    provider: 'grok-web',
    tier: 'basic',
    mask: '',
    state: 'active',
    reason: null,
    coolingUntil: null,
    failures: 0,
    lastFailureAt: null,
    lastFailure: null,
    inFlight: 0,
    useCount: 0,
    lastUsedAt: null,
    note: '',
    tags: [],
    createdAt: 0,
    source: null,
    buckets: [],
  };
}

const parsed = (count: number) =>
  parseTextImport(
    Array.from({ length: count }, (_, index) => `import-token-${index}`).join('\n'),
    {},
  );

async function run(pool: ImportDeps['pool'], count: number, version: number | null = null) {
  const steps = importTokens({ env, pool }, parsed(count), version);
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return step.value;
  }
}

describe('importTokens', () => {
  it('hands the pool few at a time, so that it goes on admitting, sealed, each under its own id', async () => {
    const pool = new FakePool();
    await run(pool, 2 * IMPORT_CHUNK + 3);
    expect(pool.chunks).toEqual([IMPORT_CHUNK, IMPORT_CHUNK, 3]);
    expect(IMPORT_CHUNK).toBeLessThanOrEqual(64);
    const [first] = pool.tokens.values();
    expect(first?.sealedSecret).not.toContain('import-token-0');
    expect(await open(env, first?.id ?? '', first?.sealedSecret ?? '')).toBe('import-token-0');
    expect(first?.mask).not.toBe('import-token-0');
  });

  it('D-12: stops a replacement when another admin changes the list meanwhile, and removes nothing', async () => {
    const pool = new FakePool();
    pool.meanwhile = () => {
      if (pool.chunks.length === 1) pool.version++;
    };
    const deletions: unknown[] = [];
    pool.deleteTokens = async (refs) => {
      deletions.push(refs);
      return { found: 0, listVersion: pool.version };
    };
    await expect(run(pool, 450, 1)).rejects.toMatchObject({ code: 'stale_version' });
    expect(deletions).toEqual([]);
  });

  it('stores nothing without CREDENTIAL_KEY, and says which secret is missing', async () => {
    const pool = new FakePool();
    const steps = importTokens({ env: {}, pool }, parsed(1), null);
    const thrown = await steps.next().catch(toAppError);
    expect(thrown).toMatchObject({ code: 'missing_secret', status: 503 });
    expect(pool.tokens.size).toBe(0);
  });
});
