import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('tokens-page')
export class TokensPage extends LitElement {
  override render() {
    return html`<p>tokens</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tokens-page': TokensPage;
  }
}
