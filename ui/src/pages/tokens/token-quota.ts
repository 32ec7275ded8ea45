import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { TokenItem } from '../../../../src/contract/tokens';
import '../../components/status-pill';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { shared } from '../../theme/shared';
import { messages } from './messages';

/** What a token has left: for chats, and of a higher tier for heavy ones. */
@customElement('token-quota')
export class TokenQuota extends LitElement {
  static override styles = [
    shared,
    css`
      div {
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) item: TokenItem | null = null;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { item } = this;
    if (item === null) return nothing;
    const { text } = this.#i18n;
    const hasHeavy = item.provider === 'grok-web' && item.tier !== 'basic';
    const isStale = item.buckets.some(({ stale, state }) => stale && state === 'known');
    return html`
      <div class="number">
        ${hasHeavy ? html`<span class="muted small">${text.chatQuota}</span>` : nothing}
        ${this.#figure(item.quota)}
        ${
          isStale
            ? html`<status-pill tone="warn" title=${text.staleHint}>${text.stale}</status-pill>`
            : nothing
        }
      </div>
      ${
        hasHeavy
          ? html`<div class="number">
              <span class="muted small">${text.heavyQuota}</span> ${this.#figure(item.heavy_quota)}
            </div>`
          : nothing
      }
    `;
  }

  /** −1 is said for "unknown", null for what upstream does not count. */
  #figure(value: number | null) {
    const { text } = this.#i18n;
    if (value === null) return html`<span class="muted">${text.unmetered}</span>`;
    if (value === -1) return html`<span class="muted">${text.unknown}</span>`;
    return formatNumber(value);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'token-quota': TokenQuota;
  }
}
