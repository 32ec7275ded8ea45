import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { logIn } from '../../api/session';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';

/** Someone has signed in. */
export class SignedInEvent extends Event {
  constructor() {
    super('signed-in', { bubbles: true, composed: true });
  }
}

/** Asks for name and password. @fires signed-in */
@customElement('login-form')
export class LoginForm extends LitElement {
  static override styles = [shared, controls];

  /** The name that is filled in. */
  @property() username = '';
  @state() private isBusy = false;
  @state() private failure = '';
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <form class="stack" @submit=${this.#submit}>
        <label>
          ${text.username}
          <input
            name="username"
            autocomplete="username"
            autocapitalize="none"
            .value=${this.username}
            required
          />
        </label>
        <label>
          ${text.password}
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        ${this.failure === '' ? nothing : html`<p role="alert">${this.failure}</p>`}
        <button class="primary" ?disabled=${this.isBusy}>${text.logIn}</button>
      </form>
    `;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.isBusy || !(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    this.isBusy = true;
    this.failure = '';
    try {
      await logIn(textOf(form, 'username'), textOf(form, 'password'));
      this.dispatchEvent(new SignedInEvent());
    } catch (thrown) {
      this.failure = errorText(thrown);
    } finally {
      this.isBusy = false;
    }
  };
}

/** A field of a form; empty when it is a file. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

declare global {
  interface HTMLElementTagNameMap {
    'login-form': LoginForm;
  }
}
