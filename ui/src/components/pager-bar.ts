import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { formatNumber } from '../i18n/format';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';

/** Another page is wanted. */
export class PageWantedEvent extends Event {
  constructor(readonly direction: 'next' | 'previous') {
    super('page-wanted', { bubbles: true, composed: true });
  }
}

const messages = {
  en: {
    previous: 'Previous page',
    next: 'Next page',
    page: (page: number) => `Page ${formatNumber(page)}`,
    total: (total: number) => `${formatNumber(total)} in all`,
  },
  zh: {
    previous: '上一页',
    next: '下一页',
    page: (page: number) => `第 ${formatNumber(page)} 页`,
    total: (total: number) => `共 ${formatNumber(total)} 条`,
  },
};

/** Goes through pages of a list that knows only its next one. @fires page-wanted */
@customElement('pager-bar')
export class PagerBar extends LitElement {
  static override styles = [shared, controls];

  /** From 1. */
  @property({ type: Number }) page = 1;
  @property({ type: Boolean }) hasNext = false;
  /** -1 when not known. */
  @property({ type: Number }) total = -1;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <div class="row spread">
        <span class="muted small">${this.total < 0 ? '' : text.total(this.total)}</span>
        <div class="row">
          <button
            type="button"
            class="icon"
            aria-label=${text.previous}
            ?disabled=${this.page <= 1}
            @click=${() => this.dispatchEvent(new PageWantedEvent('previous'))}
          >
            ${icon('left')}
          </button>
          <span class="small number">${text.page(this.page)}</span>
          <button
            type="button"
            class="icon"
            aria-label=${text.next}
            ?disabled=${!this.hasNext}
            @click=${() => this.dispatchEvent(new PageWantedEvent('next'))}
          >
            ${icon('right')}
          </button>
        </div>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pager-bar': PagerBar;
  }
}
