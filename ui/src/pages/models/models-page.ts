import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ModelItem } from '../../../../src/contract/models';
import { readModels } from '../../api/models';
import { queryValue, setQuery } from '../../app/router';
import '../../components/data-table';
import '../../components/empty-state';
import { icon } from '../../components/icon';
import '../../components/search-box';
import type { SearchedEvent } from '../../components/search-box';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { modelColumns } from './columns';
import { messages } from './messages';

const KINDS = ['all', 'chat', 'image', 'edit', 'video'] as const;
const STATES = [
  'all',
  'available',
  'cooling',
  'spent',
  'failing',
  'no_credentials',
  'off',
] as const;

/** The catalog: what can be asked for, what can be served now, and why not. */
@customElement('models-page')
export class ModelsPage extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      select {
        width: auto;
      }
      data-table {
        --table-width: 84rem;
      }
      @media (max-width: 719px) {
        search-box {
          flex-basis: 100%;
        }
        select {
          flex: 1 1 0;
        }
      }
    `,
  ];

  @state() private search = queryValue('search');
  @state() private kind = queryValue('kind') || 'all';
  @state() private serving = queryValue('serving') || 'all';
  readonly #i18n = new Localize(this, messages);

  readonly #models = new Task(this, {
    args: () => [] as const,
    task: (_, { signal }) => readModels(signal),
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
    const { text } = this.#i18n;
    const { value, error } = this.#models;
    return html`
      <div class="stack">
        <div class="row spread">
          <div>
            <h1>${text.title}</h1>
            <p class="muted">${text.hint}</p>
          </div>
          <button type="button" @click=${() => void this.#models.run()}>
            ${icon('refresh')} ${text.refresh}
          </button>
        </div>
        ${this.#renderFilters()}
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        ${value === undefined ? nothing : this.#renderTable(value)}
      </div>
    `;
  }

  #renderFilters() {
    const { text } = this.#i18n;
    return html`
      <div class="row">
        <search-box
          placeholder=${text.search}
          .value=${this.search}
          @searched=${(event: SearchedEvent) => this.#filter({ search: event.text })}
        ></search-box>
        <select
          aria-label=${text.kind}
          @change=${(event: Event) => this.#filter({ kind: valueOf(event) })}
        >
          ${KINDS.map(
            (kind) =>
              html`<option value=${kind} .selected=${kind === this.kind}>
                ${text.kinds[kind]}
              </option>`,
          )}
        </select>
        <select
          aria-label=${text.serving}
          @change=${(event: Event) => this.#filter({ serving: valueOf(event) })}
        >
          ${STATES.map(
            (name) =>
              html`<option value=${name} .selected=${name === this.serving}>
                ${text.states[name]}
              </option>`,
          )}
        </select>
      </div>
    `;
  }

  #renderTable(models: readonly ModelItem[]) {
    const { text } = this.#i18n;
    const rows = models.filter((model) => this.#fits(model));
    return html`
      <div class="row spread small">
        <span class="muted">${text.count(rows.length)}</span>
        <a href="/admin/config">${text.settings}</a>
      </div>
      <data-table
        caption=${text.title}
        .columns=${modelColumns(text)}
        .rows=${rows}
        .keyOf=${({ id, generation }: ModelItem) => `${id} ${generation ?? ''}`}
      >
        <empty-state slot="empty" heading=${text.none} hint=${text.noneHint}></empty-state>
      </data-table>
    `;
  }

  /** A link to this page was followed, or the way back. */
  readonly #readAddress = (): void => {
    if (location.pathname !== '/admin/models') return;
    this.search = queryValue('search');
    this.kind = queryValue('kind') || 'all';
    this.serving = queryValue('serving') || 'all';
  };

  #fits({ id, name, provider, kind, serving }: ModelItem): boolean {
    const wanted = this.search.toLowerCase();
    return (
      (this.kind === 'all' || this.kind === kind) &&
      (this.serving === 'all' || this.serving === serving) &&
      [id, name, provider].some((text) => text.toLowerCase().includes(wanted))
    );
  }

  #filter(change: { search?: string; kind?: string; serving?: string }): void {
    const { search = this.search, kind = this.kind, serving = this.serving } = change;
    this.search = search;
    this.kind = kind;
    this.serving = serving;
    const unlessAll = (value: string): string => (value === 'all' ? '' : value);
    setQuery({ search, kind: unlessAll(kind), serving: unlessAll(serving) });
  }
}

function valueOf(event: Event): string {
  return event.target instanceof HTMLSelectElement ? event.target.value : '';
}

declare global {
  interface HTMLElementTagNameMap {
    'models-page': ModelsPage;
  }
}
