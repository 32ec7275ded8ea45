import { html, LitElement, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { createAdmin } from '../../api/admins';
import { ApiError } from '../../api/call';
import { DialogClosedEvent } from '../../components/app-dialog';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import './new-password';
import type { NewPassword } from './new-password';

/** Somebody may sign in now. */
export class AdminAddedEvent extends Event {
  constructor(readonly username: string) {
    super('admin-added', { bubbles: true, composed: true });
  }
}

/** Makes an account for the panel. @fires admin-added @fires dialog-closed */
@customElement('admin-dialog')
export class AdminDialog extends LitElement {
  static override styles = [shared, controls];

  @state() private isBusy = false;
  @state() private failure: { readonly field: string; readonly words: string } | null = null;
  @query('#username') private username!: HTMLInputElement;
  @query('#role') private roleField!: HTMLSelectElement;
  @query('new-password') private password!: NewPassword;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <app-dialog .heading=${text.addAdmin} guarded>
        <form id="form" class="stack" novalidate @submit=${this.#submit}>
          <div class="field">
            <label for="username">${text.username}</label>
            <input
              id="username"
              autocomplete="off"
              autocapitalize="none"
              maxlength="64"
              aria-invalid=${this.#wrong('username') === '' ? nothing : 'true'}
            />
            ${this.#renderError('username')}
          </div>
          <new-password
            .label=${text.firstPassword}
            .error=${this.#wrong('password')}
          ></new-password>
          <div class="field">
            <label for="role">${text.role}</label>
            <select id="role" aria-describedby="hint">
              <option value="viewer">${text.roles.viewer}</option>
              <option value="admin">${text.roles.admin}</option>
            </select>
            <span class="hint" id="hint">${text.adminsHint}</span>
          </div>
          ${this.#renderError('')}
        </form>
        <button
          slot="footer"
          type="button"
          @click=${() => this.dispatchEvent(new DialogClosedEvent())}
        >
          ${text.cancel}
        </button>
        <button slot="footer" form="form" class="primary" ?disabled=${this.isBusy}>
          ${text.addAdmin}
        </button>
      </app-dialog>
    `;
  }

  #renderError(field: string) {
    const words = this.#wrong(field);
    return words === '' ? nothing : html`<span role="alert" class="small">${words}</span>`;
  }

  #wrong(field: string): string {
    return this.failure?.field === field ? this.failure.words : '';
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.isBusy) return;
    this.isBusy = true;
    this.failure = null;
    const username = this.username.value.trim();
    const role = this.roleField.value === 'admin' ? 'admin' : 'viewer';
    try {
      await createAdmin({ username, password: this.password.value, role });
      this.dispatchEvent(new AdminAddedEvent(username));
    } catch (thrown) {
      const param = thrown instanceof ApiError ? (thrown.param ?? '') : '';
      const field = ['username', 'password'].includes(param) ? param : '';
      this.failure = { field, words: errorText(thrown) };
    } finally {
      this.isBusy = false;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'admin-dialog': AdminDialog;
  }
}
