import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('imagine-page')
export class ImaginePage extends LitElement {
  override render() {
    return html`<p>imagine</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'imagine-page': ImaginePage;
  }
}
