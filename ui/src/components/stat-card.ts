import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from '../theme/shared';

/** More characters than this are set smaller, so that they stay in one line. */
const LONG = 9;

/** One figure with its name. `tone` colours it: `good`, `warn`, `alarm`. */
@customElement('stat-card')
export class StatCard extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        min-width: 0;
        padding: 0.75rem 0.875rem;
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      .label {
        color: var(--muted);
        font-size: 0.8125rem;
      }
      .value {
        font-size: 1.5rem;
        font-weight: 650;
        font-variant-numeric: tabular-nums;
        line-height: 1.3;
        overflow-wrap: anywhere;
      }
      /* Two figures in one. */
      .long {
        font-size: 1.125rem;
        line-height: 1.733;
      }
      :host([tone='good']) .value {
        color: var(--good);
      }
      :host([tone='warn']) .value {
        color: var(--warn);
      }
      :host([tone='alarm']) .value {
        color: var(--alarm);
      }
    `,
  ];

  @property() label = '';
  @property() value = '';
  @property() hint = '';
  @property({ reflect: true }) tone: 'neutral' | 'good' | 'warn' | 'alarm' = 'neutral';

  override render() {
    return html`
      <div class="label">${this.label}</div>
      <div class="value ${this.value.length > LONG ? 'long' : ''}">${this.value}</div>
      ${this.hint === '' ? nothing : html`<div class="muted small">${this.hint}</div>`}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'stat-card': StatCard;
  }
}
