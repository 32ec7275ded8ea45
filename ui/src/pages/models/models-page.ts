import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('models-page')
export class ModelsPage extends LitElement {
  override render() {
    return html`<p>models</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'models-page': ModelsPage;
  }
}
