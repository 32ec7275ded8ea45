// Builds the panel into ui/dist, unless what it is made of has not changed. Wrangler's [build]
// runs it before each deploy, start.mjs before each start.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const ui = join(root, 'ui');
const stampFile = join(root, 'node_modules', '.cache', 'ui-build');
const SHARED = [
  join(root, 'src', 'contract'),
  join(root, 'scripts', 'openapi'),
  join(root, 'package-lock.json'),
];

/** Every file below a path, sorted. @param {string} path @returns {string[]} */
function filesBelow(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .filter((name) => name !== 'dist')
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

const hash = createHash('sha256');
for (const file of [ui, ...SHARED].flatMap(filesBelow)) {
  hash
    .update(`${file.slice(root.length)}\0`)
    .update(readFileSync(file))
    .update('\0');
}
const wanted = hash.digest('hex');
const isBuilt =
  existsSync(join(ui, 'dist', 'index.html')) &&
  existsSync(stampFile) &&
  readFileSync(stampFile, 'utf8') === wanted;

if (!isBuilt) {
  const { build } = await import('vite');
  await build({ root: ui, configFile: join(ui, 'vite.config.ts'), logLevel: 'warn' });
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
}
