import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { hasSession, mayBeSignedIn, onSessionEnded, useSession } from '../api/call';
import { logOut, readMe, readSetup } from '../api/session';
import '../components/app-dialog';
import { confirm } from '../components/confirm';
import { toastError } from '../components/toasts';
import { errorText } from '../i18n/errors';
import { Localize } from '../i18n/localize';
import '../pages/login/login-form';
import '../pages/login/setup-form';
import { hasOpenJobs } from '../state/jobs';
import { mayLeave } from '../state/leave-guard';
import { type Me, setSignedIn } from '../state/session';
import { forgetAll } from '../state/tab-store';
import { controls, shared } from '../theme/shared';
import './app-shell';
import { messages } from './messages';
import { pageOf } from './pages';
import './preferences';
import { go } from './router';

type View = 'loading' | 'setup' | 'login' | 'in';

/** The frame: decides between set-up, login and the panel, and lets a reader sign in again anywhere. */
@customElement('gateway-app')
export class GatewayApp extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .narrow {
        display: grid;
        gap: 1rem;
        max-width: 26rem;
        margin: 0 auto;
        padding: 8vh 0.75rem 2rem;
      }
      .brand {
        font-size: 1.125rem;
        font-weight: 700;
      }
    `,
  ];

  @state() private view: View = 'loading';
  @state() private me: Me = { username: '', role: 'viewer' };
  @state() private failure = '';
  @state() private missing: readonly string[] = [];
  /** Told once the reader has signed in again, or has not. */
  @state() private renewal: PromiseWithResolvers<boolean> | null = null;
  readonly #i18n = new Localize(this, messages);
  /** The reader ends the session: what is still under way may meet its end. */
  #isLeaving = false;

  override connectedCallback(): void {
    super.connectedCallback();
    onSessionEnded(() => this.#signInAgain());
  }

  override firstUpdated(): void {
    void this.#decide();
  }

  override render() {
    return html`
      ${
        this.view === 'in'
          ? html`<app-shell .me=${this.me} @logged-out=${() => void this.#logOut()}></app-shell>`
          : this.#renderNarrow()
      }
      ${this.renewal === null ? nothing : this.#renderRenewal()}
      <toast-stack></toast-stack>
    `;
  }

  #renderNarrow() {
    return html`
      <main class="narrow" @signed-in=${() => void this.#enter()}>
        <div class="brand">Grok2API</div>
        <div class="card">${this.failure === '' ? this.#renderView() : this.#renderFailure()}</div>
        <app-preferences></app-preferences>
      </main>
    `;
  }

  #renderView() {
    switch (this.view) {
      case 'setup':
        return html`<setup-form .missing=${this.missing}></setup-form>`;
      case 'login':
        return html`<login-form></login-form>`;
      case 'loading':
      case 'in':
        return html`<p class="muted" role="status">${this.#i18n.text.loading}</p>`;
    }
  }

  #renderFailure() {
    return html`
      <p role="alert">${this.failure}</p>
      <button type="button" @click=${() => void this.#decide()}>${this.#i18n.text.tryAgain}</button>
    `;
  }

  #renderRenewal() {
    const { text } = this.#i18n;
    return html`
      <app-dialog .heading=${text.sessionEnded} locked @signed-in=${() => void this.#renew()}>
        <div class="stack">
          <p class="muted">${text.sessionEndedHint}</p>
          <login-form .username=${this.me.username}></login-form>
        </div>
        <button slot="footer" type="button" class="plain" @click=${() => void this.#giveUp()}>
          ${text.leave}
        </button>
      </app-dialog>
    `;
  }

  async #decide(): Promise<void> {
    this.failure = '';
    try {
      const setup = await readSetup();
      this.missing = setup.missing;
      if (setup.needed) this.view = 'setup';
      else if (mayBeSignedIn() && (await hasSession())) await this.#enter();
      else this.view = 'login';
    } catch (thrown) {
      this.failure = errorText(thrown);
    }
  }

  async #enter(): Promise<void> {
    try {
      this.me = await readMe();
      setSignedIn(this.me);
      // The way in, and an older address, are no page of the panel: what is shown is what is shared.
      const path = pageOf(location.pathname)?.path ?? location.pathname;
      if (path !== location.pathname) go(path + location.search, { replace: true });
      this.view = 'in';
      // What a reload interrupted goes on, whichever page is shown.
      if (hasOpenJobs()) void import('../pages/jobs');
    } catch (thrown) {
      this.failure = errorText(thrown);
    }
  }

  /** The next who signs in here finds nothing of this one: the page begins anew. */
  async #logOut(): Promise<void> {
    if (!(await mayLeave())) return;
    this.#isLeaving = true;
    try {
      await logOut();
    } catch (thrown) {
      this.#isLeaving = false;
      toastError(thrown);
      return;
    }
    forgetAll();
    location.reload();
  }

  /** One dialog, however many calls have met the end of the session. */
  #signInAgain(): Promise<boolean> {
    if (this.view !== 'in' || this.#isLeaving) return Promise.resolve(false);
    this.renewal ??= Promise.withResolvers<boolean>();
    return this.renewal.promise;
  }

  /** Somebody else, or somebody who may do less, has another page before them. */
  async #renew(): Promise<void> {
    try {
      const me = await readMe();
      const isSame = me.username === this.me.username && me.role === this.me.role;
      if (!isSame) {
        forgetAll();
        location.reload();
        return;
      }
    } catch (thrown) {
      toastError(thrown);
      return;
    }
    this.renewal?.resolve(true);
    this.renewal = null;
  }

  async #giveUp(): Promise<void> {
    const { text } = this.#i18n;
    const isSure = await confirm({
      heading: text.leaveTitle,
      body: text.leaveBody,
      action: text.leaveAction,
      isDangerous: true,
    });
    if (!isSure) return;
    this.renewal?.resolve(false);
    this.renewal = null;
    useSession(null);
    setSignedIn(null);
    this.view = 'login';
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gateway-app': GatewayApp;
  }
}
