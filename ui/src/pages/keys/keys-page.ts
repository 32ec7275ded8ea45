import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { KeyCounts, KeyItemWithUsage, NamedKey } from '../../../../src/contract/keys';
import {
  changeKeys,
  type KeyPage,
  type KeyQuery,
  type NewKey,
  readKeyCounts,
  readKeyPage,
} from '../../api/keys';
import { queryValue, setQuery } from '../../app/router';
import { confirm } from '../../components/confirm';
import { icon } from '../../components/icon';
import { PageWantedEvent } from '../../components/pager-bar';
import '../../components/stat-card';
import { toast, toastError } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { KeySavedEvent } from './key-dialog';
import { FiltersChangedEvent } from './key-filters';
import { type Status, statusOf } from './key-standing';
import { KeyOpenedEvent, KeysActedEvent } from './key-table';
import './made-keys';
import { messages } from './messages';

type Dialog =
  | { readonly mode: 'create' | 'batch'; readonly key: null }
  | { readonly mode: 'edit'; readonly key: KeyItemWithUsage };

/** Names that a question before deletion lists. */
const NAMED = 3;

/** Callers' keys: what they may do, what they have done today. */
@customElement('keys-page')
export class KeysPage extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      @media (max-width: 719px) {
        .head .row {
          display: grid;
          grid-template-columns: 1fr 1fr;
          width: 100%;
        }
        .head .primary {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @state() private query: KeyQuery = readQuery();
  /** Where each page that was gone through begins; the last is shown. */
  @state() private starts: readonly string[] = [''];
  /** Another number: keys have changed. */
  @state() private changes = 0;
  @state() private dialog: Dialog | null = null;
  @state() private made: readonly NewKey[] = [];
  @state() private isBusy = false;
  readonly #i18n = new Localize(this, messages);

  readonly #reading = new Task(this, {
    args: () => [this.query, this.starts.at(-1) ?? '', this.changes] as const,
    task: async ([query, start], { signal }) => {
      const [page, counts] = await Promise.all([
        readKeyPage(query, start, signal),
        readKeyCounts(signal),
      ]);
      // The last page may have been deleted whole.
      if (page.data.length === 0 && start !== '') this.starts = this.starts.slice(0, -1);
      return { page, counts };
    },
  });

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('address-changed', this.#readAddress);
    window.addEventListener('popstate', this.#readAddress);
  }

  override disconnectedCallback(): void {
    window.removeEventListener('address-changed', this.#readAddress);
    window.removeEventListener('popstate', this.#readAddress);
    super.disconnectedCallback();
  }

  override render() {
    const { value, error } = this.#reading;
    return html`
      <div class="stack">
        ${this.#renderHead()}
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        ${value === undefined ? nothing : this.#renderKeys(value.page, value.counts)}
      </div>
      ${this.#renderDialogs()}
    `;
  }

  #renderHead() {
    const { text } = this.#i18n;
    return html`
      <div class="row spread head">
        <h1>${text.title}</h1>
        <div class="row">
          <button
            type="button"
            class="primary"
            ?disabled=${!canChange()}
            @click=${() => (this.dialog = { mode: 'create', key: null })}
          >
            ${icon('plus')} ${text.add}
          </button>
          <button
            type="button"
            ?disabled=${!canChange()}
            @click=${() => (this.dialog = { mode: 'batch', key: null })}
          >
            ${text.addMany}
          </button>
          <button type="button" @click=${() => this.changes++}>
            ${icon('refresh')} ${text.refresh}
          </button>
        </div>
      </div>
    `;
  }

  #renderKeys(page: KeyPage, counts: KeyCounts) {
    const { text } = this.#i18n;
    const card = (name: keyof typeof counts, tone = 'neutral') => html`
      <stat-card
        label=${text.counts[name]}
        value=${formatNumber(counts[name])}
        tone=${counts[name] === 0 ? 'neutral' : tone}
      ></stat-card>
    `;
    return html`
      <div class="cards">
        ${card('total')} ${card('active', 'good')} ${card('inactive')} ${card('exhausted', 'warn')}
      </div>
      <key-filters
        .search=${this.query.search}
        .status=${this.query.status || 'all'}
        .found=${page.total}
        @filters-changed=${this.#filter}
      ></key-filters>
      <key-table
        .keys=${page.data}
        .page=${this.starts.length}
        .hasNext=${page.next !== null}
        .total=${page.total}
        .query=${this.query}
        .changes=${this.changes}
        .hasAny=${counts.total > 0}
        .isBusy=${this.isBusy}
        @page-wanted=${this.#turn}
        @keys-acted=${this.#act}
        @key-opened=${(event: Event) => {
          if (event instanceof KeyOpenedEvent) this.dialog = { mode: 'edit', key: event.key };
        }}
      ></key-table>
    `;
  }

  #renderDialogs() {
    if (this.made.length > 0) {
      return html`
        <made-keys .keys=${this.made} @dialog-closed=${() => (this.made = [])}></made-keys>
      `;
    }
    if (this.dialog === null) return nothing;
    return html`
      <key-dialog
        .mode=${this.dialog.mode}
        .key=${this.dialog.key}
        @key-saved=${this.#saved}
        @dialog-closed=${() => (this.dialog = null)}
      ></key-dialog>
    `;
  }

  readonly #filter = (event: Event): void => {
    if (!(event instanceof FiltersChangedEvent)) return;
    const { search, status } = event;
    setQuery({ search, status: status === 'all' ? '' : status });
    this.#show(queryFor(search, status));
  };

  /** A link to this page was followed, or the way back. */
  readonly #readAddress = (): void => {
    if (location.pathname === '/admin/keys') this.#show(readQuery());
  };

  #show(query: KeyQuery): void {
    this.query = query;
    this.starts = [''];
  }

  readonly #turn = (event: Event): void => {
    if (!(event instanceof PageWantedEvent)) return;
    const next = this.#reading.value?.page.next ?? null;
    if (event.direction === 'previous') this.starts = this.starts.slice(0, -1);
    else if (next !== null) this.starts = [...this.starts, next];
  };

  readonly #saved = (event: Event): void => {
    if (!(event instanceof KeySavedEvent)) return;
    this.dialog = null;
    this.made = event.made;
    if (event.made.length === 0) toast(this.#i18n.text.saved);
    this.changes++;
  };

  readonly #act = async (event: Event): Promise<void> => {
    if (!(event instanceof KeysActedEvent)) return;
    const { action, keys } = event;
    if (action === 'delete' && !(await this.#mayDelete(keys))) return;
    this.isBusy = true;
    try {
      const count = await changeKeys(
        action,
        keys.map(({ id }) => id),
      );
      toast(this.#i18n.text.done[action](count));
      this.changes++;
      await this.updateComplete;
      await this.#reading.taskComplete;
    } catch (thrown) {
      toastError(thrown);
    } finally {
      this.isBusy = false;
    }
  };

  #mayDelete(keys: readonly NamedKey[]): Promise<boolean> {
    const { text } = this.#i18n;
    const names = keys.slice(0, NAMED).map(({ name }) => name);
    return confirm({
      heading: text.removeTitle(keys.length),
      body: text.removeBody(names.join(', '), keys.length - names.length),
      action: text.bulk.delete,
      isDangerous: true,
    });
  }
}

const queryFor = (search: string, status: Status): KeyQuery => ({
  search,
  status: status === 'all' ? '' : status,
});

/** What the address says. */
const readQuery = (): KeyQuery => queryFor(queryValue('search'), statusOf(queryValue('status')));

declare global {
  interface HTMLElementTagNameMap {
    'keys-page': KeysPage;
  }
}
