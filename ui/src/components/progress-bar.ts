import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from '../theme/shared';

/** How far something is; with a total below 0, only that it goes on. @slot - what it says beside the figures */
@customElement('progress-bar')
export class ProgressBar extends LitElement {
  static override styles = [
    shared,
    css`
      progress {
        width: 100%;
        height: 0.5rem;
        accent-color: var(--accent);
      }
    `,
  ];

  @property({ type: Number }) done = 0;
  @property({ type: Number }) total = 1;
  @property() label = '';

  override render() {
    return html`
      <div class="row spread small">
        <span>${this.label}</span>
        <slot></slot>
      </div>
      <progress
        max=${Math.max(1, this.total)}
        value=${this.total < 0 ? nothing : this.done}
        aria-label=${this.label}
      ></progress>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'progress-bar': ProgressBar;
  }
}
