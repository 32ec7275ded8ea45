import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS, mutate } from './mutants.mjs';

const POOL = join(import.meta.dirname, '..', '..', 'objects', 'token-pool');

describe('the planted mistakes', () => {
  it.each(MUTANTS)('$name: can still be planted', async (mutant) => {
    const source = await readFile(join(POOL, mutant.file), 'utf8');
    expect(mutate(source, mutant)).not.toBe(source);
  });

  it('have names of their own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });
});
