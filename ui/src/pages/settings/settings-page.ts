import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { OwnAddress, queryValue, setQuery } from '../../app/router';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import './account-section';
import './admins-section';
import './audit-section';
import { messages, type Tab, TABS } from './messages';
import './settings-editor';

/** What the gateway is told to do, and who may tell it. */
@customElement('settings-page')
export class SettingsPage extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem;
        border-bottom: 1px solid var(--line);
      }
      nav button {
        padding-inline: 0.625rem;
        border-radius: var(--radius-small) var(--radius-small) 0 0;
      }
      @media (max-width: 479px) {
        nav button {
          padding-inline: 0.5rem;
          font-size: 0.875rem;
        }
      }
      nav button[aria-current] {
        border-bottom-color: var(--accent);
        color: var(--accent);
      }
    `,
  ];

  @state() private tab = tabOfAddress();
  readonly #i18n = new Localize(this, messages);

  constructor() {
    super();
    new OwnAddress(this, () => (this.tab = tabOfAddress()));
  }

  override render() {
    const { text } = this.#i18n;
    return html`
      <div class="stack">
        <h1>${text.title}</h1>
        <nav aria-label=${text.title}>
          ${TABS.map(
            (tab) => html`
              <button
                type="button"
                class="plain"
                aria-current=${tab === this.tab ? 'page' : nothing}
                @click=${() => this.#choose(tab)}
              >
                ${text.tabs[tab]}
              </button>
            `,
          )}
        </nav>
        <settings-editor ?hidden=${this.tab !== 'settings'}></settings-editor>
        ${this.#renderTab()}
      </div>
    `;
  }

  /** The settings stay behind the other tabs, and with them what is not saved. */
  #renderTab() {
    switch (this.tab) {
      case 'settings':
        return nothing;
      case 'account':
        return html`<account-section></account-section>`;
      case 'admins':
        return html`<admins-section></admins-section>`;
      case 'audit':
        return html`<audit-section></audit-section>`;
    }
  }

  #choose(tab: Tab): void {
    this.tab = tab;
    setQuery({ tab: tab === 'settings' ? '' : tab });
  }
}

function tabOfAddress(): Tab {
  return TABS.find((tab) => tab === queryValue('tab')) ?? 'settings';
}

declare global {
  interface HTMLElementTagNameMap {
    'settings-page': SettingsPage;
  }
}
