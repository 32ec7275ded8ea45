import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { CallList } from '../../../../src/contract/calls';
import { readCalls } from '../../api/calls';
import { openDetail, OwnAddress, queryValue, setQuery } from '../../app/router';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import './call-actions';
import './call-dialog';
import { type CallFilter, queryOf, RANGES, readFilter, writeFilter } from './call-filter';
import './call-filters';
import { CallsFilteredEvent } from './call-filters';
import './call-summary';
import './call-table';
import { CallOpenedEvent } from './call-table';
import { PageWantedEvent } from '../../components/pager-bar';
import { messages } from './messages';

const LIVE_MS = 5_000;

/** The call log: what was asked, by which key, of which token, and what became of it. */
@customElement('calls-page')
export class CallsPage extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      @media (max-width: 719px) {
        call-actions {
          width: 100%;
        }
      }
    `,
  ];

  @state() private filter = readFilter(location.search);
  @state() private opened = queryValue('id');
  /** The marks behind which the pages after the first begin. */
  @state() private trail: readonly string[] = [];
  @state() private list: CallList | null = null;
  @state() private isLive = false;
  /** Counts what makes the figures read anew. */
  @state() private changes = 0;
  readonly #i18n = new Localize(this, messages);
  #timer: ReturnType<typeof setInterval> | undefined;

  readonly #reading = new Task(this, {
    args: () => [this.filter, this.trail] as const,
    task: async ([filter, trail], { signal }) => {
      const page = { after: trail.at(-1) ?? '', limit: filter.size };
      this.list = await readCalls(queryOf(filter, Date.now()), page, signal);
    },
  });

  constructor() {
    super();
    new OwnAddress(this, () => this.#readAddress());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.#tick(), LIVE_MS);
  }

  override disconnectedCallback(): void {
    clearInterval(this.#timer);
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    const { error } = this.#reading;
    return html`
      <div class="stack">
        <div class="row spread">
          <h1>${text.title}</h1>
          <call-actions
            .filter=${this.filter}
            .isLive=${this.isLive}
            .canBeLive=${this.trail.length === 0}
            @live-switched=${() => (this.isLive = !this.isLive)}
            @log-changed=${this.#refresh}
          ></call-actions>
        </div>
        <call-filters .filter=${this.filter} @calls-filtered=${this.#filtered}></call-filters>
        <call-summary
          .filter=${this.filter}
          .changes=${this.changes}
          .isLive=${this.isLive}
        ></call-summary>
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        ${this.list === null ? nothing : this.#renderTable(this.list)}
      </div>
      ${
        this.opened === ''
          ? nothing
          : html`<call-dialog
              .callId=${this.opened}
              @dialog-closed=${() => this.#open('')}
            ></call-dialog>`
      }
    `;
  }

  #renderTable({ calls, next }: CallList) {
    return html`
      <call-table
        .calls=${calls}
        .page=${this.trail.length + 1}
        .hasNext=${next !== null}
        .isWhole=${this.#isWhole()}
        @call-opened=${(event: Event) => {
          if (event instanceof CallOpenedEvent) this.#open(event.id);
        }}
        @page-wanted=${this.#turn}
        @all-wanted=${() => this.#show(readFilter('?range=all'))}
      ></call-table>
    `;
  }

  /** Nothing narrows the list: when it is empty, so is the log. */
  #isWhole(): boolean {
    const { range, size: _size, ...query } = this.filter;
    const isAllTime = range !== 'custom' && RANGES[range] === null;
    return isAllTime && Object.values(query).every((value) => value === '' || value === undefined);
  }

  readonly #filtered = (event: Event): void => {
    if (event instanceof CallsFilteredEvent) this.#show(event.filter);
  };

  #show(filter: CallFilter): void {
    this.filter = filter;
    this.trail = [];
    setQuery(writeFilter(filter));
  }

  #readAddress(): void {
    this.opened = queryValue('id');
    const filter = readFilter(location.search);
    if (JSON.stringify(filter) === JSON.stringify(this.filter)) return;
    this.filter = filter;
    this.trail = [];
  }

  readonly #turn = (event: Event): void => {
    if (!(event instanceof PageWantedEvent)) return;
    const next = this.list?.next ?? null;
    if (event.direction === 'previous') this.trail = this.trail.slice(0, -1);
    else if (next !== null) this.trail = [...this.trail, next];
  };

  #open(id: string): void {
    this.opened = id;
    openDetail(id);
  }

  readonly #refresh = (): void => {
    this.changes++;
    this.trail = [];
  };

  #tick(): void {
    const isSeen = document.visibilityState === 'visible';
    if (this.isLive && isSeen && this.trail.length === 0) void this.#reading.run();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'calls-page': CallsPage;
  }
}
