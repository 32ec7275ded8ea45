import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { TokenItem } from '../../../../src/contract/tokens';
import { readOverview } from '../../api/stats';
import { readTokenTags, type TokenPage } from '../../api/tokens';
import { openDetail, queryValue } from '../../app/router';
import type { RowOpenedEvent, SelectionChangedEvent } from '../../components/data-table';
import { icon } from '../../components/icon';
import '../../components/job-list';
import type { PageWantedEvent } from '../../components/pager-bar';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { JobChangedEvent, listJobs } from '../../state/jobs';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import '../pool/open-breakers';
import './export-dialog';
import './import-dialog';
import './job-failures';
import { messages } from './messages';
import { deleteOne, refreshOne, testOne } from './token-actions';
import './token-bulk';
import './token-cards';
import './token-detail';
import type { TokenDetail } from './token-detail';
import { isCounted, isFiltered, queryOf, TYPES, typeOf } from './token-filter';
import './token-filters';
import type { FilterChangedEvent } from './token-filters';
import './token-form';
import './token-jobs';
import { TokenPages } from './token-pages';
import './token-list';
import type { TokenActionEvent } from './token-table';

const LIVE_MS = 10_000;
/** A job that changes many tokens does not read the page again at each step. */
const JOB_RELOAD_MS = 2_000;

/** The pool's tokens: find them, bring them in, look after them. */
@customElement('tokens-page')
export class TokensPage extends LitElement {
  static override styles = [shared, controls];

  @state() private selected: ReadonlySet<string> = new Set();
  @state() private busy: ReadonlySet<string> = new Set();
  @state() private dialog: 'none' | 'import' | 'export' | 'form' = 'none';
  /** What the form changes; null to add one. */
  @state() private edited: TokenItem | null = null;
  @query('token-detail') private detail!: TokenDetail | null;
  readonly #i18n = new Localize(this, messages);
  readonly #pages = new TokenPages(this);
  #timer: ReturnType<typeof setInterval> | undefined;
  #reloadedAt = 0;
  #shownJobs = listJobs().length;

  readonly #pool = new Task(this, {
    args: () => [],
    task: async (_, { signal }) => {
      const [overview, tags] = await Promise.all([readOverview(signal), readTokenTags(signal)]);
      return { overview, tags };
    },
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible') void this.#pool.run();
    }, LIVE_MS);
    window.addEventListener('job-changed', this.#jobChanged);
  }

  override disconnectedCallback(): void {
    clearInterval(this.#timer);
    window.removeEventListener('job-changed', this.#jobChanged);
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    const { value, error } = this.#pages;
    return html`
      <div
        class="stack"
        @token-action=${this.#act}
        @filter-changed=${this.#filterChanged}
        @breakers-closed=${() => void this.#pool.run()}
      >
        ${this.#renderHead()} ${this.#renderBreakers()}
        <token-cards .overview=${this.#pool.value?.overview ?? null}></token-cards>
        ${
          listJobs().some(({ kind }) => Object.hasOwn(text.jobs, kind))
            ? html`<job-list .names=${text.jobs}></job-list><job-failures></job-failures>`
            : nothing
        }
        ${this.#renderFilters()}
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        ${value === undefined ? nothing : this.#renderList(value)}
        <token-bulk
          .selected=${this.selected}
          .unseen=${this.#unseen()}
          .tags=${this.#pool.value?.tags ?? []}
          @export-wanted=${() => (this.dialog = 'export')}
          @selection-cleared=${() => (this.selected = new Set())}
        ></token-bulk>
        ${this.#renderDialogs()}
      </div>
    `;
  }

  #renderHead() {
    const { text } = this.#i18n;
    const isOff = !canChange();
    return html`
      <div class="row spread">
        <h1>${text.title}</h1>
        <div class="row">
          <button type="button" @click=${() => (this.dialog = 'export')}>
            ${icon('download')} ${text.export}
          </button>
          <button type="button" ?disabled=${isOff} @click=${() => this.#edit(null)}>
            ${icon('plus')} ${text.add}
          </button>
          <button
            type="button"
            class="primary"
            ?disabled=${isOff}
            @click=${() => (this.dialog = 'import')}
          >
            ${icon('upload')} ${text.import}
          </button>
        </div>
      </div>
    `;
  }

  #renderBreakers() {
    const { breakers = [] } = this.#pool.value?.overview ?? {};
    if (breakers.length === 0) return nothing;
    return html`<open-breakers .breakers=${breakers}></open-breakers>`;
  }

  #renderFilters() {
    const { filter } = this.#pages;
    const { overview, tags = [] } = this.#pool.value ?? {};
    const used = new Set(overview?.supply.map(typeOf));
    const types = TYPES.filter((type, index) => {
      // Accounts of the Grok site are always offered; official APIs once they are used.
      return index < 3 || used.has(type) || filter.types.includes(type);
    });
    return html`
      <token-filters
        .filter=${filter}
        .types=${types}
        .tags=${tags}
        .found=${this.#found()}
      ></token-filters>
    `;
  }

  #found(): string {
    const { text } = this.#i18n;
    const { value, filter, page } = this.#pages;
    if (value === undefined) return '';
    if (isCounted(filter)) return text.results(value.total);
    // Nobody counts what a text is found in: only the last page knows.
    if (value.next !== null) return text.resultsAtLeast(value.items.length);
    return page === 1 ? text.results(value.items.length) : '';
  }

  #renderList(tokens: TokenPage) {
    return html`
      <token-list
        .tokens=${tokens}
        .filter=${this.#pages.filter}
        .page=${this.#pages.page}
        .selected=${this.selected}
        .busy=${this.busy}
        @selection-changed=${this.#select}
        @row-opened=${(event: RowOpenedEvent) => this.#open(event.key)}
        @page-wanted=${this.#turn}
        @import-wanted=${() => (this.dialog = 'import')}
      ></token-list>
    `;
  }

  /** What is selected on other pages, or under another filter. */
  #unseen(): number {
    const shown = this.#pages.value?.items ?? [];
    return this.selected.size - shown.filter(({ id }) => this.selected.has(id)).length;
  }

  #renderDialogs() {
    const { filter } = this.#pages;
    const opened = queryValue('id');
    const close = (): void => {
      this.dialog = 'none';
    };
    return html`
      ${
        opened === ''
          ? nothing
          : html`<token-detail
              .tokenId=${opened}
              @dialog-closed=${() => this.#open('')}
            ></token-detail>`
      }
      ${
        this.dialog === 'form'
          ? html`<token-form
              .item=${this.edited}
              .tags=${this.#pool.value?.tags ?? []}
              @token-saved=${this.#reload}
              @dialog-closed=${close}
            ></token-form>`
          : nothing
      }
      ${
        this.dialog === 'import'
          ? html`<import-dialog
              @tokens-imported=${this.#reload}
              @dialog-closed=${close}
            ></import-dialog>`
          : nothing
      }
      ${
        this.dialog === 'export'
          ? html`<export-dialog
              .selected=${this.selected}
              .filter=${queryOf(filter)}
              ?filtered=${isFiltered(filter)}
              @dialog-closed=${close}
            ></export-dialog>`
          : nothing
      }
    `;
  }

  readonly #filterChanged = (event: FilterChangedEvent): void => this.#pages.show(event.filter);

  readonly #select = (event: SelectionChangedEvent): void => {
    this.selected = event.keys;
  };

  readonly #turn = ({ direction }: PageWantedEvent): void => {
    if (direction === 'next') this.#pages.next();
    else this.#pages.previous();
  };

  #open(id: string): void {
    openDetail(id);
    this.requestUpdate();
  }

  #edit(item: TokenItem | null): void {
    this.edited = item;
    this.dialog = 'form';
  }

  readonly #act = async ({ action, item }: TokenActionEvent): Promise<void> => {
    if (action === 'edit') {
      this.#edit(item);
      return;
    }
    const act = { test: testOne, refresh: refreshOne, delete: deleteOne }[action];
    this.busy = new Set([...this.busy, item.id]);
    const isChanged = await act(item);
    this.busy = new Set([...this.busy].filter((id) => id !== item.id));
    if (!isChanged) return;
    if (action === 'delete') {
      this.selected = new Set([...this.selected].filter((id) => id !== item.id));
      this.#open('');
    }
    this.#reload();
  };

  readonly #reload = (): void => {
    this.#reloadedAt = Date.now();
    this.#pages.reload();
    this.detail?.refresh();
    void this.#pool.run();
  };

  readonly #jobChanged = (event: Event): void => {
    if (!(event instanceof JobChangedEvent) || !event.job.kind.startsWith('tokens.')) return;
    if (listJobs().length !== this.#shownJobs) this.requestUpdate();
    this.#shownJobs = listJobs().length;
    const { status, kind, done } = event.job;
    const isOver = status !== 'running';
    // A paused deletion goes on with what is left.
    if (status === 'finished' && kind === 'tokens.delete') this.selected = new Set();
    if (done > 0 && (isOver || Date.now() - this.#reloadedAt > JOB_RELOAD_MS)) this.#reload();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'tokens-page': TokensPage;
  }
}
