import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('media-page')
export class MediaPage extends LitElement {
  override render() {
    return html`<p>media</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'media-page': MediaPage;
  }
}
