import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { pageScript } from './page-script.ts';
import { type Problems, watch } from './problems.ts';

/** The sizes that the panel is made for: a phone, a tablet, a desk. */
export const SIZES = { 390: [390, 844], 820: [820, 1180], 1280: [1280, 800] } as const;
export type Size = keyof typeof SIZES;
export type Theme = 'light' | 'dark';
export type Language = 'en' | 'zh';

/** How a page is shown; a phone touches. */
export interface Look {
  readonly size: Size;
  readonly theme: Theme;
  readonly language: Language;
}
export const DESK: Look = { size: 1280, theme: 'light', language: 'en' };

/** A browser page, and what went wrong in it so far. */
export interface WatchedPage {
  readonly page: Page;
  readonly problems: Problems;
  /** Another tab beside it: what both load is loaded once. */
  another(): Promise<WatchedPage>;
  close(): Promise<void>;
}

/** What a signed-in browser keeps: cookies and local storage. */
export type StoredSession = Awaited<ReturnType<BrowserContext['storageState']>>;

export interface PanelBrowser {
  readonly browser: Browser;
  /** A page of its own browser context; `origin` is the only host that it may ask. */
  newPage(origin: string, look?: Partial<Look>, session?: StoredSession): Promise<WatchedPage>;
  close(): Promise<void>;
}

/** How long a page may take over anything: a machine may be slow, and what comes is not waited for. */
const PATIENCE_MS = 60_000;

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  // Chromium's own services are not asked for either.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/**
 * The browser to test in, installed if that can be done: null where there is none, which is printed.
 * @throws Error in CI, where a test must not be skipped.
 */
export function findChromium(): string | null {
  const found = process.env['CHROMIUM_PATH'] ?? inPath() ?? install();
  if (found !== null) return found;
  const reason = 'no Chromium: set CHROMIUM_PATH, or install chromium; the panel is NOT tested';
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error(reason);
  process.stderr.write(`\n*** ${reason} ***\n\n`);
  return null;
}

function inPath(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const files = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return files.find(isRunnable) ?? null;
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Debian's package, where this process may install one. */
function install(): string | null {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || spawnSync('apt-get', ['--version']).status !== 0) return null;
  process.stderr.write('Installing chromium, once…\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: 'ignore', timeout: 300_000 } as const;
  try {
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
  } catch {
    return null;
  }
  return inPath();
}

export async function launchBrowser(executablePath: string): Promise<PanelBrowser> {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const script = await pageScript();
  return {
    browser,
    async newPage(origin, look = {}, session) {
      const { size, theme, language }: Look = { ...DESK, ...look };
      const [width, height] = SIZES[size];
      const context = await browser.newContext({
        viewport: { width, height },
        hasTouch: size !== 1280,
        colorScheme: theme,
        locale: language === 'zh' ? 'zh-CN' : 'en-US',
        reducedMotion: 'reduce',
        ...(session === undefined ? {} : { storageState: session }),
      });
      context.setDefaultTimeout(PATIENCE_MS);
      await context.addInitScript(script);
      const open = async (): Promise<WatchedPage> => {
        const page = await context.newPage();
        return { page, problems: watch(page, origin), another: open, close: () => page.close() };
      };
      return { ...(await open()), close: () => context.close() };
    },
    close: () => browser.close(),
  };
}
