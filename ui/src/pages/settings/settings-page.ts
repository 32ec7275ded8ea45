import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('settings-page')
export class SettingsPage extends LitElement {
  override render() {
    return html`<p>settings</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'settings-page': SettingsPage;
  }
}
