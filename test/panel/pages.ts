import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../ui/src/app/pages.ts', import.meta.url));

/** The pages of `ui/src/app/pages.ts`, which only a browser can import: read from its text. */
export function pagesOfPanel(): readonly { readonly name: string; readonly path: string }[] {
  const text = readFileSync(SOURCE, 'utf8');
  const pages = [...text.matchAll(/path: '([^']+)',\s*name: '([^']+)'/g)];
  if (pages.length === 0) throw new Error('ui/src/app/pages.ts is no longer read rightly');
  return pages.map(([, path = '', name = '']) => ({ name, path }));
}
