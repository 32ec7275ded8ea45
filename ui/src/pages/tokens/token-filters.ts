import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../../components/search-box';
import type { SearchedEvent } from '../../components/search-box';
import { Localize } from '../../i18n/localize';
import { tokenTypeName } from '../../i18n/names';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { isFiltered, NO_FILTER, STATUSES, type TokenFilter, type TokenType } from './token-filter';

/** Other tokens are to be shown. */
export class FilterChangedEvent extends Event {
  constructor(readonly filter: TokenFilter) {
    super('filter-changed', { bubbles: true, composed: true });
  }
}

/** What the list shows: union within types and within statuses, both at once. @fires filter-changed */
@customElement('token-filters')
export class TokenFilters extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      fieldset {
        display: flex;
        flex-wrap: wrap;
        gap: 0.375rem;
        align-items: center;
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        float: left;
        margin-inline-end: 0.25rem;
        padding: 0;
        color: var(--muted);
        font-size: 0.8125rem;
      }
      label.check {
        padding: 0 0.75rem;
        border: 1px solid var(--line);
        border-radius: 999px;
        background: var(--surface);
        white-space: nowrap;
        cursor: pointer;
      }
      label.check:has(:checked) {
        border-color: var(--accent);
        background: var(--accent-soft);
        color: var(--accent);
      }
      select {
        width: auto;
        max-width: 12rem;
      }
    `,
  ];

  @property({ attribute: false }) filter: TokenFilter = NO_FILTER;
  /** Types that have tokens. */
  @property({ attribute: false }) types: readonly TokenType[] = [];
  @property({ attribute: false }) tags: readonly string[] = [];
  /** How many are found, in words. */
  @property() found = '';
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const { filter } = this;
    return html`
      <div class="stack" role="search" aria-label=${text.filters}>
        <div class="row">
          <search-box
            .value=${filter.search}
            placeholder=${text.search}
            @searched=${this.#searched}
          ></search-box>
          ${this.#renderTags()}
        </div>
        ${this.#renderGroup(text.type, 'types', this.types, tokenTypeName)}
        ${this.#renderGroup(text.status, 'statuses', STATUSES, (status) => text.statuses[status])}
        <div class="row spread">
          <span class="muted small" role="status">${this.found}</span>
          ${
            isFiltered(filter)
              ? html`<button type="button" class="plain" @click=${this.#clear}>
                  ${text.clear}
                </button>`
              : nothing
          }
        </div>
      </div>
    `;
  }

  #renderTags() {
    const { text } = this.#i18n;
    const { tag } = this.filter;
    const tags = tag === '' || this.tags.includes(tag) ? this.tags : [tag, ...this.tags];
    if (tags.length === 0) return nothing;
    return html`
      <select aria-label=${text.tag} @change=${this.#tagChosen}>
        <option value="" .selected=${tag === ''}>${text.anyTag}</option>
        ${tags.map((one) => html`<option value=${one} .selected=${one === tag}>${one}</option>`)}
      </select>
    `;
  }

  #renderGroup<T extends string>(
    legend: string,
    field: 'types' | 'statuses',
    values: readonly T[],
    wordOf: (value: T) => string,
  ) {
    const chosen: readonly string[] = this.filter[field];
    return html`
      <fieldset>
        <legend>${legend}</legend>
        ${values.map(
          (value) => html`
            <label class="check">
              <input
                type="checkbox"
                .checked=${chosen.includes(value)}
                @change=${() => this.#toggle(field, value)}
              />
              ${wordOf(value)}
            </label>
          `,
        )}
      </fieldset>
    `;
  }

  #toggle(field: 'types' | 'statuses', value: string): void {
    const chosen: readonly string[] = this.filter[field];
    const next = chosen.includes(value)
      ? chosen.filter((one) => one !== value)
      : [...chosen, value];
    this.#tell({ [field]: next });
  }

  readonly #searched = (event: SearchedEvent): void => this.#tell({ search: event.text });

  readonly #tagChosen = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) this.#tell({ tag: event.target.value });
  };

  readonly #clear = (): void => this.#tell(NO_FILTER);

  #tell(change: Partial<TokenFilter>): void {
    this.dispatchEvent(new FilterChangedEvent({ ...this.filter, ...change }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'token-filters': TokenFilters;
  }
}
