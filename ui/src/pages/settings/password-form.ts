import { css, html, LitElement, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { changePassword } from '../../api/admins';
import { ApiError } from '../../api/call';
import { toast } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { signedIn } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import './new-password';
import type { NewPassword } from './new-password';

/** The password was changed: every other session has ended. */
export class PasswordChangedEvent extends Event {
  constructor() {
    super('password-changed', { bubbles: true, composed: true });
  }
}

/** Changes the password of whoever is signed in. @fires password-changed */
@customElement('password-form')
export class PasswordForm extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .field,
      new-password {
        max-width: 28rem;
      }
    `,
  ];

  @state() private isBusy = false;
  @state() private isShown = false;
  @state() private failure: { readonly field: string; readonly words: string } | null = null;
  @query('#current') private current!: HTMLInputElement;
  @query('new-password') private next!: NewPassword;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const wrong = (field: string): string =>
      this.failure?.field === field ? this.failure.words : '';
    const other = wrong('');
    return html`
      <form class="card" novalidate @submit=${this.#submit}>
        <h2>${text.password}</h2>
        <input
          hidden
          autocomplete="username"
          aria-label=${text.username}
          .value=${signedIn()?.username ?? ''}
        />
        <div class="field">
          <label for="current">${text.currentPassword}</label>
          <input
            id="current"
            type=${this.isShown ? 'text' : 'password'}
            autocomplete="current-password"
            aria-describedby="error"
            aria-invalid=${wrong('current_password') === '' ? nothing : 'true'}
          />
          ${
            wrong('current_password') === ''
              ? nothing
              : html`<span role="alert" id="error" class="small"
                  >${wrong('current_password')}</span
                >`
          }
        </div>
        <new-password
          .label=${text.newPassword}
          .error=${wrong('new_password')}
          .isShown=${this.isShown}
        ></new-password>
        <label class="check">
          <input type="checkbox" @change=${() => (this.isShown = !this.isShown)} />
          ${text.showPassword}
        </label>
        ${other === '' ? nothing : html`<p role="alert">${other}</p>`}
        <div><button class="primary" ?disabled=${this.isBusy}>${text.changePassword}</button></div>
      </form>
    `;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.isBusy) return;
    this.isBusy = true;
    this.failure = null;
    try {
      const ended = await changePassword(this.current.value, this.next.value);
      this.current.value = '';
      this.next.clear();
      toast(this.#i18n.text.passwordChanged(ended));
      this.dispatchEvent(new PasswordChangedEvent());
    } catch (thrown) {
      const param = thrown instanceof ApiError ? (thrown.param ?? '') : '';
      const field = ['current_password', 'new_password'].includes(param) ? param : '';
      this.failure = { field, words: errorText(thrown) };
    } finally {
      this.isBusy = false;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'password-form': PasswordForm;
  }
}
