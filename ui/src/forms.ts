import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { LoginReply } from '../../src/contract/sessions';
import { ApiError, call, useSession } from './api';
import { shared } from './styles';
import { text } from './text';

/** Someone has signed in. */
export class SignedInEvent extends Event {
  constructor() {
    super('signed-in', { bubbles: true, composed: true });
  }
}

/** What both forms do: send, say what went wrong, and not send twice. */
abstract class SendingForm extends LitElement {
  static override styles = shared;

  @state() protected isBusy = false;
  @state() protected failure = '';

  protected abstract send(fields: Readonly<Record<string, string>>): Promise<void>;

  protected async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.isBusy || !(event.target instanceof HTMLFormElement)) return;
    const fields: Record<string, string> = {};
    for (const [name, value] of new FormData(event.target)) {
      if (typeof value === 'string') fields[name] = value;
    }
    this.isBusy = true;
    this.failure = '';
    try {
      await this.send(fields);
    } catch (thrown) {
      this.failure = failureText(thrown);
    } finally {
      this.isBusy = false;
    }
  }

  protected renderPerson(passwordUse: 'current-password' | 'new-password') {
    const isNew = passwordUse === 'new-password';
    return html`
      <label>
        ${text.username}
        <input name="username" autocomplete="username" autocapitalize="none" required />
      </label>
      <label>
        ${text.password}
        <input
          name="password"
          type="password"
          autocomplete=${passwordUse}
          aria-describedby=${isNew ? 'password-hint' : nothing}
          required
        />
      </label>
      ${isNew ? html`<p id="password-hint">${text.passwordHint}</p>` : nothing}
    `;
  }

  protected renderFailure() {
    return this.failure === '' ? nothing : html`<p role="alert">${this.failure}</p>`;
  }
}

/** The sentence to show for whatever a call threw. */
export function failureText(thrown: unknown): string {
  if (!(thrown instanceof ApiError) || thrown.status === 0) return text.unreachable;
  return text.errors.get(thrown.code) ?? thrown.message;
}

/** Asks for name and password. @fires signed-in */
@customElement('login-form')
export class LoginForm extends SendingForm {
  protected override async send(fields: Readonly<Record<string, string>>): Promise<void> {
    const { username = '', password = '' } = fields;
    const reply = await call<LoginReply>('POST', 'login', { username, password });
    useSession(reply.api_key);
    this.dispatchEvent(new SignedInEvent());
  }

  override render() {
    return html`
      <form @submit=${this.submit}>
        <h1>${text.logIn}</h1>
        ${this.renderPerson('current-password')} ${this.renderFailure()}
        <button ?disabled=${this.isBusy}>${text.logIn}</button>
      </form>
    `;
  }
}

interface SetupReply extends LoginReply {
  readonly key: { readonly key: string };
}

/**
 * Makes the first admin, guarded by the set-up code, which a link may bring as `#code=`; then shows
 * the first API key, once.
 *
 * @fires signed-in
 */
@customElement('setup-form')
export class SetupForm extends SendingForm {
  /** Secrets that must be set before set-up is open. */
  @property({ attribute: false }) missing: readonly string[] = [];
  @state() private firstKey = '';

  protected override async send(fields: Readonly<Record<string, string>>): Promise<void> {
    const { code = '', username = '', password = '' } = fields;
    const reply = await call<SetupReply>('POST', 'setup', { code, username, password });
    // The code is spent; it should not stay in the address bar.
    history.replaceState(null, '', location.pathname);
    useSession(reply.api_key);
    this.firstKey = reply.key.key;
  }

  override render() {
    if (this.firstKey !== '') return this.#renderKey();
    if (this.missing.length > 0) {
      return html`<p class="card" role="alert">${text.missing(this.missing.join(', '))}</p>`;
    }
    const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
    return html`
      <form @submit=${this.submit}>
        <h1>${text.setUp}</h1>
        <p>${text.setUpHint}</p>
        <label>
          ${text.code}
          <input name="code" .value=${code} autocomplete="off" spellcheck="false" required />
        </label>
        ${this.renderPerson('new-password')} ${this.renderFailure()}
        <button ?disabled=${this.isBusy}>${text.create}</button>
      </form>
    `;
  }

  #renderKey() {
    return html`
      <section class="card">
        <h1>${text.firstKey}</h1>
        <code>${this.firstKey}</code>
        <p>${text.firstKeyHint}</p>
        <button @click=${() => this.dispatchEvent(new SignedInEvent())}>${text.goOn}</button>
      </section>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'login-form': LoginForm;
    'setup-form': SetupForm;
  }
}
