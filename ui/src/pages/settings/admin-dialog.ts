import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Role } from '../../../../src/contract/sessions';
import { type AdminItem, createAdmin, updateAdmin } from '../../api/admins';
import { ApiError } from '../../api/call';
import { DialogClosedEvent } from '../../components/app-dialog';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import './new-password';
import type { NewPassword } from './new-password';

/** Somebody may sign in now, or as something else. */
export class AdminSavedEvent extends Event {
  constructor(readonly username: string) {
    super('admin-saved', { bubbles: true, composed: true });
  }
}

/** Makes an account for the panel, or changes another's role and password. @fires admin-saved @fires dialog-closed */
@customElement('admin-dialog')
export class AdminDialog extends LitElement {
  static override styles = [shared, controls];

  /** The account to change; null to make one. */
  @property({ attribute: false }) admin: AdminItem | null = null;
  @state() private isBusy = false;
  @state() private failure: { readonly field: string; readonly words: string } | null = null;
  @query('#username') private username!: HTMLInputElement;
  @query('#role') private roleField!: HTMLSelectElement;
  @query('new-password') private password!: NewPassword;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const { admin } = this;
    return html`
      <app-dialog
        .heading=${admin === null ? text.addAdmin : text.editAdmin(admin.username)}
        guarded
      >
        <form id="form" class="stack" novalidate @submit=${this.#submit}>
          <div class="field">
            <label for="username">${text.username}</label>
            <input
              id="username"
              autocomplete="off"
              autocapitalize="none"
              maxlength="64"
              .value=${admin?.username ?? ''}
              ?disabled=${admin !== null}
              aria-invalid=${this.#wrong('username') === '' ? nothing : 'true'}
            />
            ${this.#renderError('username')}
          </div>
          <new-password
            .label=${admin === null ? text.firstPassword : text.resetPassword}
            .error=${this.#wrong('password')}
          ></new-password>
          ${admin === null ? nothing : html`<p class="hint">${text.resetHint}</p>`}
          <div class="field">
            <label for="role">${text.role}</label>
            <select id="role" aria-describedby="hint">
              <option value="viewer" ?selected=${admin?.role === 'viewer'}>
                ${text.roles.viewer}
              </option>
              <option value="admin" ?selected=${admin?.role === 'admin'}>
                ${text.roles.admin}
              </option>
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
          ${admin === null ? text.addAdmin : text.save}
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
      await this.#save(username, this.password.value, role);
      this.dispatchEvent(new AdminSavedEvent(username));
    } catch (thrown) {
      const param = thrown instanceof ApiError ? (thrown.param ?? '') : '';
      const field = ['username', 'password'].includes(param) ? param : '';
      this.failure = { field, words: errorText(thrown) };
    } finally {
      this.isBusy = false;
    }
  };

  async #save(username: string, password: string, role: Role): Promise<void> {
    if (this.admin === null) return createAdmin({ username, password, role });
    const { id, role: before } = this.admin;
    await updateAdmin({
      id,
      ...(role === before ? {} : { role }),
      ...(password === '' ? {} : { password }),
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'admin-dialog': AdminDialog;
  }
}
