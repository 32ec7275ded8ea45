import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { readModels } from '../../api/models';
import { icon } from '../../components/icon';
import '../../components/item-picker';
import { ItemPickedEvent } from '../../components/item-picker';
import '../../components/search-box';
import { SearchedEvent } from '../../components/search-box';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { KEYS } from '../pickers/keys';
import { TOKENS } from '../pickers/tokens';
import {
  atOf,
  type CallFilter,
  countFilters,
  EMPTY_FILTER,
  fieldOf,
  RANGE_NAMES,
  SIZES,
  STATUSES,
} from './call-filter';
import { messages } from './messages';
import { OUTCOMES } from './outcomes';

/** Other calls are wanted. */
export class CallsFilteredEvent extends Event {
  constructor(readonly filter: CallFilter) {
    super('calls-filtered', { bubbles: true, composed: true });
  }
}

interface Choice {
  readonly value: string;
  readonly name: string;
}

/** Text, time range, and behind a fold the rest. @fires calls-filtered */
@customElement('call-filters')
export class CallFilters extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem;
        min-width: 0;
      }
      .range {
        flex: 0 1 12rem;
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr));
        gap: 0.75rem;
        align-items: end;
        padding-top: 0.75rem;
      }
      summary {
        display: flex;
        gap: 0.5rem;
        align-items: center;
        min-height: var(--control);
        font-weight: 600;
        cursor: pointer;
      }
      details {
        padding: 0 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
      summary svg:last-child {
        margin-left: auto;
      }
      details[open] summary svg:last-child {
        transform: rotate(180deg);
      }
      details[open] {
        padding-bottom: 0.75rem;
      }
      @media (max-width: 719px) {
        .range {
          flex: 1 1 100%;
        }
      }
    `,
  ];

  @property({ attribute: false }) filter: CallFilter = EMPTY_FILTER;
  readonly #i18n = new Localize(this, messages);

  /** What can be chosen; a list that cannot be read leaves what the address says. */
  readonly #models = new Task(this, {
    args: () => [] as const,
    task: async (_, { signal }) => {
      const models = await readModels(signal);
      return [...new Set(models.map(({ id }) => id))].map((id) => ({ value: id, name: id }));
    },
  });

  override render() {
    const { text } = this.#i18n;
    const count = countFilters(this.filter);
    return html`
      <div class="row">
        <search-box
          .value=${this.filter.text}
          .placeholder=${text.search}
          @searched=${(event: Event) => {
            if (event instanceof SearchedEvent) this.#change({ text: event.text });
          }}
        ></search-box>
        <select class="range" aria-label=${text.range} @change=${this.#chooseRange}>
          ${RANGE_NAMES.map(
            (range) =>
              html`<option value=${range} .selected=${range === this.filter.range}>
                ${text.ranges[range]}
              </option>`,
          )}
        </select>
      </div>
      ${this.filter.range === 'custom' ? this.#renderMoments() : nothing}
      <details ?open=${count > 0}>
        <summary>${icon('filter')} ${text.filters(count)} ${icon('down')}</summary>
        ${this.#renderRest()}
      </details>
    `;
  }

  #renderMoments() {
    const { text } = this.#i18n;
    const field = (name: 'from' | 'to') => html`
      <label>
        ${text[name]}
        <input
          type="datetime-local"
          .value=${fieldOf(this.filter[name])}
          @change=${(event: Event) => this.#change({ [name]: atOf(valueOf(event)) })}
        />
      </label>
    `;
    return html`<div class="grid">${field('from')} ${field('to')}</div>`;
  }

  #renderRest() {
    const { text } = this.#i18n;
    return html`
      <div class="grid">
        <item-picker
          .source=${KEYS}
          .value=${this.filter.key}
          @item-picked=${(event: Event) => {
            if (event instanceof ItemPickedEvent) this.#change({ key: event.id });
          }}
        ></item-picker>
        ${this.#renderChoice('model', text.anyModel, this.#models.value ?? [])}
        <item-picker
          .source=${TOKENS}
          .value=${this.filter.token}
          @item-picked=${(event: Event) => {
            if (event instanceof ItemPickedEvent) this.#change({ token: event.id });
          }}
        ></item-picker>
        ${this.#renderChoice(
          'status',
          text.anyStatus,
          STATUSES.map((value) => ({ value, name: text.statuses[value] })),
        )}
        ${this.#renderChoice(
          'outcome',
          text.anyOutcome,
          OUTCOMES.map((value) => ({ value, name: text.outcomes[value] })),
        )}
        ${this.#renderSize()}
        <button
          type="button"
          @click=${() => this.#change({ ...EMPTY_FILTER, size: this.filter.size })}
        >
          ${text.reset}
        </button>
      </div>
    `;
  }

  #renderChoice(name: 'model' | 'status' | 'outcome', any: string, choices: readonly Choice[]) {
    const chosen = this.filter[name];
    const isKnown = chosen === '' || choices.some(({ value }) => value === chosen);
    const all = [
      { value: '', name: any },
      ...(isKnown ? [] : [{ value: chosen, name: chosen }]),
      ...choices,
    ];
    return html`
      <label>
        ${this.#i18n.text[name]}
        <select @change=${(event: Event) => this.#change({ [name]: valueOf(event) })}>
          ${all.map(
            (choice) =>
              html`<option value=${choice.value} .selected=${choice.value === chosen}>
                ${choice.name}
              </option>`,
          )}
        </select>
      </label>
    `;
  }

  #renderSize() {
    const { text } = this.#i18n;
    return html`
      <label>
        ${text.pageSize}
        <select
          @change=${(event: Event) => {
            const size = SIZES.find((known) => String(known) === valueOf(event));
            if (size !== undefined) this.#change({ size });
          }}
        >
          ${SIZES.map(
            (size) =>
              html`<option value=${size} .selected=${size === this.filter.size}>
                ${text.perPage(size)}
              </option>`,
          )}
        </select>
      </label>
    `;
  }

  readonly #chooseRange = (event: Event): void => {
    const range = RANGE_NAMES.find((name) => name === valueOf(event));
    if (range !== undefined) this.#change({ range, from: undefined, to: undefined });
  };

  #change(fields: Partial<CallFilter>): void {
    this.dispatchEvent(new CallsFilteredEvent({ ...this.filter, ...fields }));
  }
}

function valueOf({ target }: Event): string {
  return target instanceof HTMLSelectElement || target instanceof HTMLInputElement
    ? target.value
    : '';
}

declare global {
  interface HTMLElementTagNameMap {
    'call-filters': CallFilters;
  }
}
