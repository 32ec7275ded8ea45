import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Before the first file: gateways that start at once would otherwise all build the panel, into one folder. */
export function setup(): void {
  const script = fileURLToPath(new URL('../../scripts/build-ui.mjs', import.meta.url));
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
}
