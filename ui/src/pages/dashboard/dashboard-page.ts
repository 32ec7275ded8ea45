import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

@customElement('dashboard-page')
export class DashboardPage extends LitElement {
  override render() {
    return html`<p>dashboard</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'dashboard-page': DashboardPage;
  }
}
