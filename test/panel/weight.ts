import { gzipSync } from 'node:zlib';
import { ADMIN } from '../e2e/harness.ts';
import type { PanelBrowser } from './browser.ts';
import { atRest, fillLogin, type Login, openWorld } from './world.ts';

/** What a browser that has nothing yet loads for login and dashboard, and how long it takes. */
export interface FirstPage {
  /** Every file but the API's answers, each as gzip. */
  readonly gzipBytes: number;
  readonly files: readonly { readonly path: string; readonly gzipBytes: number }[];
  /** Of the dashboard, by a browser that has the files. */
  readonly largestPaintMs: number;
  readonly blockedMs: number;
}

/** The most that the first page may weigh. */
export const MOST_BYTES = 150 * 1_024;

export async function weighFirstPage(
  browser: PanelBrowser,
  url: string,
  login: Login,
): Promise<FirstPage> {
  const watched = await browser.newPage(url);
  const { page } = watched;
  const weights: Promise<FirstPage['files'][number]>[] = [];
  const seen = new Set<string>();
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    if (path.startsWith('/api/') || response.status() !== 200 || seen.has(path)) return;
    seen.add(path);
    const weigh = (body: Buffer) => ({ path, gzipBytes: gzipSync(body, { level: 9 }).length });
    weights.push(response.body().then(weigh));
  });
  await page.goto(`${url}/admin`);
  await fillLogin(page, login);
  await atRest(watched);
  // Charts and the like come after the figures.
  await page.waitForLoadState('networkidle');
  const files = await Promise.all(weights);
  await page.reload();
  await atRest(watched);
  const { largestPaintMs, blockedMs } = await page.evaluate(() => panelChecks.takeTiming());
  await watched.close();
  return {
    gzipBytes: files.reduce((sum, file) => sum + file.gzipBytes, 0),
    files,
    largestPaintMs,
    blockedMs,
  };
}

/** For the README. */
export function describeFirstPage({
  gzipBytes,
  files,
  largestPaintMs,
  blockedMs,
}: FirstPage): string {
  const kib = (bytes: number): string => `${(bytes / 1_024).toFixed(1)} KiB`;
  return [
    ...files.map((file) => `  ${kib(file.gzipBytes).padStart(10)}  ${file.path}`),
    `first page: ${kib(gzipBytes)} gzip in ${files.length} files (at most ${kib(MOST_BYTES)}), ` +
      `LCP ${largestPaintMs.toFixed(0)} ms, blocked ${blockedMs.toFixed(0)} ms`,
  ].join('\n');
}

if (import.meta.main) {
  const world = await openWorld();
  const first = await weighFirstPage(world.visit.browser, world.gateway.url, ADMIN);
  process.stdout.write(`${describeFirstPage(first)}\n`);
  process.exitCode = first.gzipBytes > MOST_BYTES ? 1 : 0;
  await world.close();
}
