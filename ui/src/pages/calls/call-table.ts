import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ListedCall } from '../../../../src/contract/calls';
import '../../components/data-table';
import { RowOpenedEvent } from '../../components/data-table';
import '../../components/empty-state';
import '../../components/pager-bar';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { columnsOf } from './columns';
import { messages } from './messages';

/** A call is to be shown whole. */
export class CallOpenedEvent extends Event {
  constructor(readonly id: string) {
    super('call-opened', { bubbles: true, composed: true });
  }
}

/** Nothing is to narrow the list any more. */
export class AllWantedEvent extends Event {
  constructor() {
    super('all-wanted', { bubbles: true, composed: true });
  }
}

/** A page of the log. @fires call-opened @fires all-wanted @fires page-wanted */
@customElement('call-table')
export class CallTable extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
        min-width: 0;
      }
      data-table {
        --table-width: 92rem;
      }
    `,
  ];

  @property({ attribute: false }) calls: readonly ListedCall[] = [];
  /** From 1. */
  @property({ type: Number }) page = 1;
  @property({ type: Boolean }) hasNext = false;
  /** Nothing narrows the list: when it is empty, so is the log. */
  @property({ type: Boolean }) isWhole = false;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <data-table
        openable
        .caption=${text.title}
        .columns=${columnsOf(text)}
        .rows=${this.calls}
        .keyOf=${({ id }: ListedCall) => id}
        @row-opened=${(event: Event) => {
          if (event instanceof RowOpenedEvent) this.dispatchEvent(new CallOpenedEvent(event.key));
        }}
      >
        ${this.#renderEmpty()}
      </data-table>
      ${
        this.page === 1 && !this.hasNext
          ? nothing
          : html`<pager-bar .page=${this.page} .hasNext=${this.hasNext}></pager-bar>`
      }
    `;
  }

  #renderEmpty() {
    const { text } = this.#i18n;
    return html`
      <empty-state
        slot="empty"
        symbol="calls"
        heading=${this.isWhole ? text.none : text.noneFound}
        hint=${this.isWhole ? text.noneHint : text.noneFoundHint}
      >
        ${
          this.isWhole
            ? html`<a class="button" href="/admin/keys">${text.toKeys}</a>`
            : html`<button type="button" @click=${() => this.dispatchEvent(new AllWantedEvent())}>
                ${text.showAll}
              </button>`
        }
      </empty-state>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'call-table': CallTable;
  }
}
