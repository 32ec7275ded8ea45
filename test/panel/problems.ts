import type { Page, Request } from 'playwright-core';

/** What a browser page should not have done. */
export interface Problems {
  /** Sentences, in order; taking them empties the list. */
  take(): readonly string[];
  /** What matches is expected, such as the refused request of a wrong password. */
  allow(pattern: RegExp): void;
  /** Resolves once no request is under way and the page has taken in what came; streams do not count. */
  untilQuiet(): Promise<void>;
}

const CALM_ROUNDS = 2;
const LONGEST_MS = 120_000;

/** Records console errors, thrown errors, failed and foreign requests, dialogs of the browser. */
export function watch(page: Page, origin: string): Problems {
  const seen: string[] = [];
  const allowed: RegExp[] = [];
  const tell = (problem: string): void => {
    if (!allowed.some((pattern) => pattern.test(problem))) seen.push(problem);
  };
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const { url, lineNumber } = message.location();
    tell(`console ${message.type()}: ${message.text()} (${url}:${lineNumber})`);
  });
  page.on('pageerror', (error) => tell(`thrown: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    if (isForeign(request.url(), origin)) tell(`foreign request: ${request.url()}`);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // A page that is left, or a search that is typed on, gives up what it had asked for.
    if (reason !== 'net::ERR_ABORTED') tell(`failed: ${request.url()}: ${reason}`);
  });
  page.on('dialog', (dialog) => {
    tell(`browser dialog (${dialog.type()}): ${dialog.message()}`);
    void dialog.dismiss().catch(() => undefined);
  });
  const requests = countRequests(page);
  return {
    take: () => seen.splice(0),
    allow: (pattern) => void allowed.push(pattern),
    async untilQuiet() {
      const giveUpAt = Date.now() + LONGEST_MS;
      for (let calm = 0; calm < CALM_ROUNDS && Date.now() < giveUpAt;) {
        const before = requests.begun;
        // What came is taken in by the page's own thread, however slow the machine is.
        await page.evaluate(() => panelChecks.atIdle());
        const isCalm = requests.underWay.size === 0 && requests.begun === before;
        calm = isCalm ? calm + 1 : 0;
      }
    },
  };
}

function countRequests(page: Page): { readonly underWay: ReadonlySet<Request>; begun: number } {
  const underWay = new Set<Request>();
  const counted = { underWay, begun: 0 };
  page.on('request', (request) => {
    underWay.add(request);
    counted.begun++;
  });
  page.on('requestfinished', (request) => underWay.delete(request));
  page.on('requestfailed', (request) => underWay.delete(request));
  page.on('response', (response) => {
    const type = response.headers()['content-type'] ?? '';
    // A stream goes on, and a body that nobody reads never ends.
    const isEndless = /event-stream|ndjson|^video|^audio/.test(type);
    if (isEndless || response.url().endsWith('/session')) underWay.delete(response.request());
  });
  return counted;
}

function isForeign(address: string, origin: string): boolean {
  const url = new URL(address);
  const isOwn = url.origin === origin || url.origin === origin.replace(/^http/, 'ws');
  return !isOwn && url.protocol !== 'data:' && url.protocol !== 'blob:';
}
