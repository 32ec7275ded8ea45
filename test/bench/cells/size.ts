import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Figure } from '../figures.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const Profile = z.looseObject({ startTime: z.number(), endTime: z.number() });

/** The bundle as it is uploaded, without the panel, and how long its start takes. */
export async function measureSize(bundle: Buffer): Promise<Figure[]> {
  return [
    {
      name: 'Worker bundle, gzip',
      unit: 'KiB',
      values: [gzipSync(bundle).byteLength / 1_024],
      target: { of: 'value', atMost: 350 },
    },
    { name: 'start-up, wrangler check startup', unit: 'ms', values: [startupMs()] },
  ];
}

/** Length of the profile that `wrangler check startup` takes. */
function startupMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'grok2api-startup-'));
  try {
    const file = join(folder, 'startup.cpuprofile');
    const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
    execFileSync(process.execPath, [wrangler, 'check', 'startup', '--outfile', file], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        CI: '1',
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_HIDE_BANNER: 'true',
      },
    });
    const { startTime, endTime } = Profile.parse(JSON.parse(readFileSync(file, 'utf8')));
    return (endTime - startTime) / 1_000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
