import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { formatNumber } from '../i18n/format';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';

/** Nothing is to be selected any more. */
export class SelectionClearedEvent extends Event {
  constructor() {
    super('selection-cleared', { bubbles: true, composed: true });
  }
}

const messages = {
  en: {
    selected: (count: number) => `${formatNumber(count)} selected`,
    hidden: (count: number) => `${formatNumber(count)} of them not on this page`,
    clear: 'Clear selection',
  },
  zh: {
    selected: (count: number) => `已选 ${formatNumber(count)} 项`,
    hidden: (count: number) => `其中 ${formatNumber(count)} 项不在本页`,
    clear: '取消选择',
  },
};

/**
 * What can be done with the selected rows; stays in sight at the bottom, over the whole width of a phone.
 *
 * @slot - buttons
 * @fires selection-cleared
 */
@customElement('bulk-bar')
export class BulkBar extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        position: sticky;
        z-index: 5;
        bottom: 0.5rem;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: center;
        padding: 0.5rem 0.75rem;
        border: 1px solid var(--accent);
        border-radius: var(--radius);
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      .count {
        font-weight: 600;
      }
      .clear {
        margin-right: auto;
      }
    `,
  ];

  @property({ type: Number }) count = 0;
  /** How many of them the page does not show. */
  @property({ type: Number }) unseen = 0;
  readonly #i18n = new Localize(this, messages);

  override render() {
    if (this.count === 0) return nothing;
    const { text } = this.#i18n;
    return html`
      <div class="bar" role="toolbar" aria-label=${text.selected(this.count)}>
        <span class="count">
          ${text.selected(this.count)}
          ${
            this.unseen === 0
              ? nothing
              : html`<span class="muted small">${text.hidden(this.unseen)}</span>`
          }
        </span>
        <button
          type="button"
          class="plain icon clear"
          aria-label=${text.clear}
          @click=${() => this.dispatchEvent(new SelectionClearedEvent())}
        >
          ${icon('close')}
        </button>
        <slot></slot>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bulk-bar': BulkBar;
  }
}
