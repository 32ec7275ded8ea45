import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCE = join(ROOT, 'ui/src');

let script: Promise<string> | null = null;

/** What tests run inside the page: `test/panel/page/main.ts` as one script, put before the page's own. */
export function pageScript(): Promise<string> {
  script ??= bundle();
  return script;
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./page/main.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
    logLevel: 'error',
    plugins: [messages],
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('the page script did not bundle');
  return file.text;
}

/** A component keeps its few messages in its own file, as `const messages = {…}`. */
const OWN_MESSAGES = /^const messages\b[^=]*= (\{(?:.*\}|[\s\S]*?\n\}));$/m;
const FORMAT_IMPORT = /^import \{[^}]*\} from '[./]*i18n\/format';$/gm;

/** `virtual:messages`: the dictionaries of every `messages.ts` and of every component. */
const messages: Plugin = {
  name: 'messages',
  setup(builder) {
    builder.onResolve({ filter: /^virtual:messages$/ }, () => ({
      path: 'messages',
      namespace: 'messages',
    }));
    builder.onResolve({ filter: /^own:/ }, ({ path }) => ({
      path: path.slice('own:'.length),
      namespace: 'own-messages',
    }));
    builder.onLoad({ filter: /.*/, namespace: 'messages' }, () => {
      const files = globSync('**/*.ts', { cwd: SOURCE }).sort();
      const sources = files.flatMap((file) => {
        if (file.endsWith('messages.ts')) return [join(SOURCE, file)];
        const isOwn = OWN_MESSAGES.test(readFileSync(join(SOURCE, file), 'utf8'));
        return isOwn ? [`own:${join(SOURCE, file)}`] : [];
      });
      const imports = sources.map(
        (source, index) => `import { messages as m${index} } from ${JSON.stringify(source)};`,
      );
      const names = sources.map((_, index) => `m${index}`).join(', ');
      const contents = `${imports.join('\n')}\nexport const dictionaries = [${names}];`;
      return { contents, loader: 'ts', resolveDir: SOURCE };
    });
    builder.onLoad({ filter: /.*/, namespace: 'own-messages' }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const imports = (text.match(FORMAT_IMPORT) ?? []).join('\n');
      const contents = `${imports}\nexport const messages = ${OWN_MESSAGES.exec(text)?.[1] ?? '{}'};`;
      return { contents, loader: 'ts', resolveDir: join(path, '..') };
    });
  },
};
