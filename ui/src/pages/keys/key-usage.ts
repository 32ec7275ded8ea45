import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { KeyItemWithUsage } from '../../../../src/contract/keys';
import { KEY_KINDS, type KeyKind } from '../../api/key-fields';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { shared } from '../../theme/shared';
import { messages } from './messages';

/** What a key has used today of its four limits. */
@customElement('key-usage')
export class KeyUsage extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(4, minmax(4.25rem, 1fr));
        gap: 0.625rem;
        min-width: 18.5rem;
        font-size: 0.8125rem;
      }
      .track {
        height: 4px;
        margin-top: 0.125rem;
        border-radius: 2px;
        background: var(--line);
      }
      .used {
        height: 100%;
        border-radius: 2px;
        background: var(--accent);
      }
      .used.warn {
        background: var(--warn);
      }
      .used.alarm {
        background: var(--alarm);
      }
    `,
  ];

  @property({ attribute: false }) key: KeyItemWithUsage | null = null;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { key } = this;
    return key === null ? [] : KEY_KINDS.map((kind) => this.#renderKind(key, kind));
  }

  #renderKind(key: KeyItemWithUsage, kind: KeyKind) {
    const limit = key[`${kind}_limit`];
    const used = key.usage_today[`${kind}_used`];
    const share = limit === -1 ? 0 : limit === 0 ? 1 : Math.min(1, used / limit);
    const tone = share >= 1 ? 'alarm' : share >= 0.8 ? 'warn' : '';
    return html`
      <div>
        <div class="muted">${this.#i18n.text.kinds[kind]}</div>
        <div class="number">
          ${formatNumber(used)} / ${limit === -1 ? '∞' : formatNumber(limit)}
        </div>
        <div class="track">
          <div class="used ${tone}" .style=${`width: ${share * 100}%`}></div>
        </div>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'key-usage': KeyUsage;
  }
}
