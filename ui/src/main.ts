import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { SetupState } from '../../src/contract/sessions';
import { ApiError, call, mayBeSignedIn, useSession } from './api';
import { failureText } from './forms';
import { shared } from './styles';
import './status-view';
import { text } from './text';

type Page = 'loading' | 'setup' | 'login' | 'status';

/** The frame: decides between set-up, login and status. */
@customElement('gateway-app')
export class GatewayApp extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        max-width: 44rem;
        margin: 0 auto;
        padding: 1rem;
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 56px;
        margin-bottom: 1rem;
        font-weight: 700;
      }
      main.narrow {
        max-width: 26rem;
        margin: 8vh auto 0;
      }
    `,
  ];

  @state() private page: Page = 'loading';
  @state() private failure = '';
  @state() private missing: readonly string[] = [];

  override firstUpdated(): void {
    void this.#decide();
  }

  async #decide(): Promise<void> {
    try {
      const setup = await call<SetupState>('GET', 'setup');
      this.missing = setup.missing;
      this.page = setup.needed ? 'setup' : (await this.#isSignedIn()) ? 'status' : 'login';
    } catch (thrown) {
      this.failure = failureText(thrown);
    }
  }

  /** Whether the browser has kept a session that still holds. */
  async #isSignedIn(): Promise<boolean> {
    if (!mayBeSignedIn()) return false;
    try {
      await call('GET', 'session');
      return true;
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status === 401) return false;
      throw thrown;
    }
  }

  async #logOut(): Promise<void> {
    // Whatever the gateway says, this page forgets the session.
    await call('POST', 'logout').catch(() => undefined);
    this.#forget();
  }

  #forget(): void {
    useSession(null);
    this.page = 'login';
  }

  override render() {
    const isIn = this.page === 'status';
    return html`
      <header>
        Grok2API
        ${
          isIn
            ? html`<button class="quiet" @click=${() => void this.#logOut()}>
                ${text.logOut}
              </button>`
            : nothing
        }
      </header>
      <main
        class=${isIn ? '' : 'narrow'}
        @signed-in=${() => (this.page = 'status')}
        @session-ended=${() => this.#forget()}
      >
        ${this.failure === '' ? this.#renderPage() : html`<p role="alert">${this.failure}</p>`}
      </main>
    `;
  }

  #renderPage() {
    switch (this.page) {
      case 'loading':
        return html`<p>${text.loading}</p>`;
      case 'setup':
        return html`<setup-form .missing=${this.missing}></setup-form>`;
      case 'login':
        return html`<login-form></login-form>`;
      case 'status':
        return html`<status-view></status-view>`;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gateway-app': GatewayApp;
  }
}
