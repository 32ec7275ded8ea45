import { html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { queryValue, setQuery } from '../../app/router';
import '../../components/empty-state';
import '../../components/item-picker';
import { ItemPickedEvent } from '../../components/item-picker';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { ACCOUNTS } from '../pickers/tokens';
import './account-counts';
import { AccountOpenedEvent } from './account-counts';
import './account-files';
import { messages } from './messages';

/** What accounts hold upstream: of one chosen, and of all that were asked. */
@customElement('online-assets')
export class OnlineAssets extends LitElement {
  static override styles = [shared, controls];

  @state() private token = queryValue('token');
  readonly #i18n = new Localize(this, messages);

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('address-changed', this.#readAddress);
  }

  override disconnectedCallback(): void {
    window.removeEventListener('address-changed', this.#readAddress);
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    return html`
      <div class="stack">
        <section class="card">
          <h2>${text.oneAccount}</h2>
          <item-picker
            .source=${ACCOUNTS}
            .value=${this.token}
            @item-picked=${(event: Event) => {
              if (event instanceof ItemPickedEvent) this.#show(event.id);
            }}
          ></item-picker>
          ${
            this.token === ''
              ? html`<p class="muted">${text.pickHint}</p>`
              : html`<account-files .token=${this.token}></account-files>`
          }
        </section>
        <section class="card">
          <div>
            <h2>${text.sections.accounts}</h2>
            <p class="muted">${text.accountsHint}</p>
          </div>
          <account-counts
            @account-opened=${(event: Event) => {
              if (event instanceof AccountOpenedEvent) this.#show(event.id);
            }}
          ></account-counts>
        </section>
      </div>
    `;
  }

  #show(token: string): void {
    this.token = token;
    setQuery({ token });
    if (token !== '') this.scrollIntoView({ block: 'start' });
  }

  readonly #readAddress = (): void => void (this.token = queryValue('token'));
}

declare global {
  interface HTMLElementTagNameMap {
    'online-assets': OnlineAssets;
  }
}
