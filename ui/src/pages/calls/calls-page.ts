import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('calls-page')
export class CallsPage extends LitElement {
  override render() {
    return html`<p>calls</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'calls-page': CallsPage;
  }
}
