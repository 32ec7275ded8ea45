import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('keys-page')
export class KeysPage extends LitElement {
  override render() {
    return html`<p>keys</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'keys-page': KeysPage;
  }
}
