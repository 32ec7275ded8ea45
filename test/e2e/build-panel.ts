import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../panel/browser.ts';

/**
 * Before the first file: files that start at once would otherwise all build the panel, into one folder,
 * and all install the browser, of which the package manager lets one through.
 */
export function setup(): void {
  const script = fileURLToPath(new URL('../../scripts/build-ui.mjs', import.meta.url));
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
  findChromium();
}
