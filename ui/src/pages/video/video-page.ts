import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('video-page')
export class VideoPage extends LitElement {
  override render() {
    return html`<p>video</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'video-page': VideoPage;
  }
}
