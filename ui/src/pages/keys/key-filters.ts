import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { SearchedEvent } from '../../components/search-box';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { type Status, STATUSES, statusOf } from './key-standing';
import { messages } from './messages';

/** Other keys are wanted. */
export class FiltersChangedEvent extends Event {
  constructor(
    readonly search: string,
    readonly status: Status,
  ) {
    super('filters-changed', { bubbles: true, composed: true });
  }
}

/** Search and status; one below the other on a phone. @fires filters-changed */
@customElement('key-filters')
export class KeyFilters extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .bar {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 12rem auto auto;
        gap: 0.5rem;
        align-items: center;
      }
      @media (max-width: 719px) {
        .bar {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @property() search = '';
  @property() status: Status = 'all';
  @property({ type: Number }) found = 0;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <div class="bar">
        <search-box
          .value=${this.search}
          .placeholder=${text.search}
          @searched=${(event: Event) => {
            if (event instanceof SearchedEvent) this.#tell(event.text, this.status);
          }}
        ></search-box>
        <select aria-label=${text.status} @change=${this.#choose}>
          ${STATUSES.map(
            (status) => html`
              <option value=${status} .selected=${status === this.status}>
                ${text.statuses[status]}
              </option>
            `,
          )}
        </select>
        <span class="small muted number" role="status">${text.results(this.found)}</span>
        ${
          this.search === '' && this.status === 'all'
            ? nothing
            : html`<button type="button" class="plain" @click=${() => this.#tell('', 'all')}>
                ${text.reset}
              </button>`
        }
      </div>
    `;
  }

  readonly #choose = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) {
      this.#tell(this.search, statusOf(event.target.value));
    }
  };

  #tell(search: string, status: Status): void {
    this.dispatchEvent(new FiltersChangedEvent(search, status));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'key-filters': KeyFilters;
  }
}
