import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('chat-page')
export class ChatPage extends LitElement {
  override render() {
    return html`<p>chat</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-page': ChatPage;
  }
}
