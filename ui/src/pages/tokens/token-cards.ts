import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { PoolOverview } from '../../../../src/contract/overview';
import '../../components/stat-card';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { shared } from '../../theme/shared';
import { messages } from './messages';

type Count = 'active' | 'exhausted' | 'cooling' | 'expired' | 'disabled' | 'chat_free';

/** How many tokens there are, in which state, and what they have left. */
@customElement('token-cards')
export class TokenCards extends LitElement {
  static override styles = [
    shared,
    css`
      .cards {
        grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr));
      }
    `,
  ];

  @property({ attribute: false }) overview: PoolOverview | null = null;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const { statuses } = text;
    return html`
      <div class="cards">
        <stat-card label=${text.total} value=${this.#total()}></stat-card>
        <stat-card label=${statuses.active} value=${this.#sum('active')} tone="good"></stat-card>
        <stat-card label=${statuses.cooling} value=${this.#sum('cooling')}></stat-card>
        <stat-card label=${statuses.exhausted} value=${this.#sum('exhausted')}></stat-card>
        <stat-card label=${statuses.invalid} value=${this.#sum('expired')}></stat-card>
        <stat-card label=${statuses.disabled} value=${this.#sum('disabled')}></stat-card>
        <stat-card label=${text.chatLeft} value=${this.#sum('chat_free')}></stat-card>
      </div>
    `;
  }

  #total(): string {
    return this.overview === null ? '–' : formatNumber(this.overview.tokens);
  }

  #sum(count: Count): string {
    if (this.overview === null) return '–';
    return formatNumber(this.overview.supply.reduce((sum, row) => sum + row[count], 0));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'token-cards': TokenCards;
  }
}
