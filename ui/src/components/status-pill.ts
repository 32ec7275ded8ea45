import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from '../theme/shared';

/** A state in one word. @slot - the word */
@customElement('status-pill')
export class StatusPill extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: inline-block;
        max-width: 100%;
        overflow: hidden;
        padding: 0.0625rem 0.5rem;
        border-radius: 999px;
        background: var(--ground);
        color: var(--muted);
        font-size: 0.8125rem;
        font-weight: 600;
        text-overflow: ellipsis;
        white-space: nowrap;
        vertical-align: bottom;
      }
      :host([tone='good']) {
        background: var(--good-soft);
        color: var(--good);
      }
      :host([tone='warn']) {
        background: var(--warn-soft);
        color: var(--warn);
      }
      :host([tone='alarm']) {
        background: var(--alarm-soft);
        color: var(--alarm);
      }
    `,
  ];

  @property({ reflect: true }) tone: 'neutral' | 'good' | 'warn' | 'alarm' = 'neutral';

  override render() {
    return html`<slot></slot>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'status-pill': StatusPill;
  }
}
