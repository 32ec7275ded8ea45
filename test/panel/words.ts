import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Language } from './browser.ts';

/** A word of a dictionary by its path, such as `bulk.disable`; a sentence is made with what it holds. */
export type Word = (path: string, ...held: readonly (string | number)[]) => string;

/** The words of a page in one language: `ui/src/pages/<page>/messages.ts`, which only a bundler can import. */
export async function wordsOf(page: string, language: Language): Promise<Word> {
  const { outputFiles } = await build({
    entryPoints: [
      fileURLToPath(new URL(`../../ui/src/pages/${page}/messages.ts`, import.meta.url)),
    ],
    bundle: true,
    format: 'esm',
    // Numbers are written as the language of the page wants them.
    define: { 'document.documentElement.lang': JSON.stringify(language) },
    write: false,
    logLevel: 'error',
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  const module: unknown = await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`);
  return (path, ...held) => {
    const names = ['messages', language, ...path.split('.')];
    const found = names.reduce<unknown>((at, name) => Reflect.get(Object(at), name), module);
    const word: unknown = typeof found === 'function' ? Reflect.apply(found, null, held) : found;
    if (typeof word !== 'string') throw new Error(`${page} has no words ${path}`);
    return word;
  };
}
