import { elements } from './walk.ts';

/** What the browser measures of itself. Durations in ms. */
interface Timing {
  readonly largestPaintMs: number;
  /** Of each long task what is above 50 ms, summed. */
  readonly blockedMs: number;
  readonly longestTaskMs: number;
  /** From an input to the next paint, the slowest. */
  readonly slowestInputMs: number;
}

let largestPaintMs = 0;
let tasks: number[] = [];
let inputs: number[] = [];

/** Listens from the page's first moment. */
export function startTiming(): void {
  observe({ type: 'largest-contentful-paint' }, (entry) => (largestPaintMs = entry.startTime));
  observe({ type: 'longtask' }, (entry) => tasks.push(entry.duration));
  for (const type of ['input', 'paste']) addEventListener(type, timeUntrusted, true);
  observe({ type: 'event', durationThreshold: 16 }, (entry) => inputs.push(entry.duration));
}

/** The browser times what people do; a text that is filled in, chosen or pasted by a test, it does not. */
function timeUntrusted(event: Event): void {
  if (event.isTrusted) return;
  const startedAt = performance.now();
  // The frame, and then what comes after its paint.
  requestAnimationFrame(() => setTimeout(() => inputs.push(performance.now() - startedAt)));
}

function observe(
  init: PerformanceObserverInit & { readonly durationThreshold?: number },
  take: (entry: PerformanceEntry) => unknown,
): void {
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
  observer.observe({ ...init, buffered: true });
}

/** What was measured since the last call. */
export function takeTiming(): Timing {
  const timing = {
    largestPaintMs,
    blockedMs: tasks.reduce((sum, task) => sum + Math.max(0, task - 50), 0),
    longestTaskMs: Math.max(0, ...tasks),
    slowestInputMs: Math.max(0, ...inputs),
  };
  tasks = [];
  inputs = [];
  return timing;
}

/** Follows a link of the panel. @returns ms until the rows of its table have been painted */
export async function timeToRows(path: string): Promise<number> {
  const links = [...elements()].filter((element) => element.matches(`nav a[href="${path}"]`));
  const link = links.find((candidate) => candidate.checkVisibility());
  if (!(link instanceof HTMLElement)) throw new Error(`no link to ${path}`);
  const before = pageElement();
  const startedAt = performance.now();
  link.click();
  for (;;) {
    await new Promise(requestAnimationFrame);
    const page = pageElement();
    if (page !== null && page !== before && rowsOf(page) > 0) break;
    if (performance.now() - startedAt > 30_000) throw new Error(`no rows on ${path}`);
  }
  await new Promise(requestAnimationFrame);
  return performance.now() - startedAt;
}

/** Rows of the tables that are shown. */
export function countRows(): number {
  const page = pageElement();
  return page === null ? 0 : rowsOf(page);
}

function pageElement(): Element | null {
  const outlet = [...elements()].find(({ localName }) => localName === 'page-outlet');
  return outlet?.shadowRoot?.querySelector(':not([role=status])') ?? null;
}

function rowsOf(page: Element): number {
  const root = page.shadowRoot;
  if (root === null) return 0;
  return [...elements(root)].filter((element) => element.matches('tbody tr')).length;
}
