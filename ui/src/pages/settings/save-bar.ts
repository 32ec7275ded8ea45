import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';

/** Says how much is unsaved, at the bottom, as long as there is something. @fires save @fires discard */
@customElement('save-bar')
export class SaveBar extends LitElement {
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
        padding: 0.5rem 0.75rem;
        border: 1px solid var(--accent);
        border-radius: var(--radius);
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      .count {
        font-weight: 600;
      }
      @media (max-width: 479px) {
        .count {
          width: 100%;
        }
        button {
          flex: 1;
        }
      }
    `,
  ];

  @property({ type: Number }) count = 0;
  @property({ type: Boolean }) isBusy = false;
  readonly #i18n = new Localize(this, messages);

  override render() {
    if (this.count === 0) return nothing;
    const { text } = this.#i18n;
    return html`
      <div class="bar row">
        <span class="count grow" role="status">${text.changes(this.count)}</span>
        <button
          type="button"
          ?disabled=${this.isBusy}
          @click=${() => this.dispatchEvent(new Event('discard'))}
        >
          ${text.discard}
        </button>
        <button
          type="button"
          class="primary"
          ?disabled=${this.isBusy}
          @click=${() => this.dispatchEvent(new Event('save'))}
        >
          ${text.save}
        </button>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'save-bar': SaveBar;
  }
}
