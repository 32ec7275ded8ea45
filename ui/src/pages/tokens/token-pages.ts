import { Task } from '@lit/task';
import type { ReactiveControllerHost } from 'lit';
import { readTokenPage, type TokenPage } from '../../api/tokens';
import { OwnAddress, queryValue, setQuery } from '../../app/router';
import { queryOf, readFilter, type TokenFilter, writeFilter } from './token-filter';

export const PAGE_SIZE = 50;

/** Which page of which tokens is shown: kept in the address, read from the gateway. */
export class TokenPages {
  readonly #host: ReactiveControllerHost;
  readonly #task: Task<readonly [TokenFilter, string], TokenPage>;
  #filter: TokenFilter = readFilter();
  #after = queryValue('after');
  /** From 1. */
  #page = pageOfAddress();
  /** Where the pages before began. A link into the middle knows none: it goes back to the first. */
  #before: string[] = [];

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    new OwnAddress(host, () => this.#moved());
    this.#task = new Task(host, {
      args: () => [this.#filter, this.#after] as const,
      task: ([filter, after], { signal }) =>
        readTokenPage(queryOf(filter), { after, limit: PAGE_SIZE }, signal),
    });
  }

  get filter(): TokenFilter {
    return this.#filter;
  }

  get page(): number {
    return this.#page;
  }

  /** The page as last read; undefined before the first. */
  get value(): TokenPage | undefined {
    return this.#task.value;
  }

  get error(): unknown {
    return this.#task.error;
  }

  show(filter: TokenFilter): void {
    this.#filter = filter;
    this.#go('', 1);
    writeFilter(filter);
  }

  reload(): void {
    void this.#task.run();
  }

  next(): void {
    const next = this.value?.next ?? null;
    if (next === null) return;
    this.#before.push(this.#after);
    this.#go(next, this.#page + 1);
  }

  previous(): void {
    const before = this.#before.pop();
    if (before === undefined) this.#go('', 1);
    else this.#go(before, this.#page - 1);
  }

  #go(after: string, page: number): void {
    if (page === 1) this.#before = [];
    this.#after = after;
    this.#page = page;
    setQuery({ after, page: page === 1 ? '' : String(page) });
    this.#host.requestUpdate();
  }

  /** A link to this page, or the browser's own buttons. */
  #moved(): void {
    const filter = readFilter();
    const after = queryValue('after');
    const isSame = JSON.stringify(filter) === JSON.stringify(this.#filter);
    if (!isSame || after !== this.#after) {
      this.#filter = filter;
      this.#after = after;
      this.#page = pageOfAddress();
      this.#before = [];
    }
    this.#host.requestUpdate();
  }
}

/** From 1. */
function pageOfAddress(): number {
  return Math.max(1, Math.trunc(Number(queryValue('page'))) || 1);
}
