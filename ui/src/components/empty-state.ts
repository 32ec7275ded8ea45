import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from '../theme/shared';
import { icon, type IconName } from './icon';

/** Says that there is nothing yet, and what to do next. @slot - a button or link */
@customElement('empty-state')
export class EmptyState extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
        align-content: center;
        justify-items: center;
        padding: 2rem 1rem;
        text-align: center;
      }
      svg {
        width: 2rem;
        height: 2rem;
        color: var(--muted);
      }
    `,
  ];

  @property() symbol: IconName = 'search';
  @property() heading = '';
  @property() hint = '';

  override render() {
    return html`
      ${icon(this.symbol)}
      <h3>${this.heading}</h3>
      ${this.hint === '' ? nothing : html`<p class="muted">${this.hint}</p>`}
      <slot></slot>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'empty-state': EmptyState;
  }
}
