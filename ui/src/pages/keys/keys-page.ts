import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { KeyItemWithUsage } from '../../../../src/contract/keys';
import { changeKeys, type NewKey, readKeys } from '../../api/keys';
import { queryValue, setQuery } from '../../app/router';
import { confirm } from '../../components/confirm';
import { icon } from '../../components/icon';
import '../../components/stat-card';
import { toast, toastError } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { KeySavedEvent } from './key-dialog';
import { FiltersChangedEvent } from './key-filters';
import { countKeys, filterKeys, type Status, statusOf } from './key-standing';
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

  @state() private keys: readonly KeyItemWithUsage[] | null = null;
  @state() private search = queryValue('search');
  @state() private status: Status = statusOf(queryValue('status'));
  @state() private dialog: Dialog | null = null;
  @state() private made: readonly NewKey[] = [];
  @state() private isBusy = false;
  readonly #i18n = new Localize(this, messages);

  readonly #reading = new Task(this, {
    args: () => [] as const,
    task: async (_, { signal }) => {
      await readKeys(signal, (keys) => (this.keys = keys));
    },
  });

  override render() {
    const { error } = this.#reading;
    return html`
      <div class="stack">
        ${this.#renderHead()}
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        ${this.keys === null ? nothing : this.#renderKeys(this.keys)}
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
          <button type="button" @click=${() => void this.#reading.run()}>
            ${icon('refresh')} ${text.refresh}
          </button>
        </div>
      </div>
    `;
  }

  #renderKeys(keys: readonly KeyItemWithUsage[]) {
    const { text } = this.#i18n;
    const counts = countKeys(keys);
    const found = filterKeys(keys, this.search, this.status);
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
        .search=${this.search}
        .status=${this.status}
        .found=${found.length}
        @filters-changed=${this.#filter}
      ></key-filters>
      <key-table
        .keys=${found}
        .hasAny=${keys.length > 0}
        .isBusy=${this.isBusy}
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
    ({ search: this.search, status: this.status } = event);
    setQuery({ search: this.search, status: this.status === 'all' ? '' : this.status });
  };

  readonly #saved = (event: Event): void => {
    if (!(event instanceof KeySavedEvent)) return;
    this.dialog = null;
    this.made = event.made;
    if (event.made.length === 0) toast(this.#i18n.text.saved);
    void this.#reading.run();
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
      await this.#reading.run();
    } catch (thrown) {
      toastError(thrown);
    } finally {
      this.isBusy = false;
    }
  };

  #mayDelete(keys: readonly KeyItemWithUsage[]): Promise<boolean> {
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

declare global {
  interface HTMLElementTagNameMap {
    'keys-page': KeysPage;
  }
}
