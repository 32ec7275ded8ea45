import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { type AdminItem, deleteAdmin, readAdmins } from '../../api/admins';
import { confirm } from '../../components/confirm';
import type { Column } from '../../components/data-table';
import '../../components/data-table';
import { icon, type IconName } from '../../components/icon';
import '../../components/status-pill';
import { toast, toastError } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { formatTime } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { canChange, signedIn } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { AdminSavedEvent } from './admin-dialog';
import { messages } from './messages';

/** Who may sign in to the panel. */
@customElement('admins-section')
export class AdminsSection extends LitElement {
  static override styles = [shared, controls];

  /** The account whose form is open: `new` for one to be made. */
  @state() private edited: AdminItem | 'new' | null = null;
  readonly #i18n = new Localize(this, messages);
  readonly #admins = new Task(this, {
    args: () => [] as const,
    task: (_, { signal }) => readAdmins(signal),
  });

  override render() {
    const { text } = this.#i18n;
    const { value: admins = [], error } = this.#admins;
    return html`
      <section class="card">
        <div class="row spread">
          <div>
            <h2>${text.tabs.admins}</h2>
            <p class="muted small">${text.adminsHint}</p>
          </div>
          <button
            type="button"
            class="primary"
            ?disabled=${!canChange()}
            @click=${() => (this.edited = 'new')}
          >
            ${icon('plus')} ${text.addAdmin}
          </button>
        </div>
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        <data-table
          .columns=${this.#columns()}
          .rows=${admins}
          .keyOf=${({ id }: AdminItem) => id}
          .caption=${text.tabs.admins}
        ></data-table>
      </section>
      ${
        this.edited === null
          ? nothing
          : html`<admin-dialog
              .admin=${this.edited === 'new' ? null : this.edited}
              @admin-saved=${this.#saved}
              @dialog-closed=${() => (this.edited = null)}
            ></admin-dialog>`
      }
    `;
  }

  #columns(): readonly Column<AdminItem>[] {
    const { text } = this.#i18n;
    return [
      {
        key: 'username',
        heading: text.username,
        cell: ({ username }) => html`
          <strong>${username}</strong>
          ${username === signedIn()?.username ? html`<status-pill>${text.you}</status-pill>` : nothing}
        `,
      },
      { key: 'role', heading: text.role, cell: ({ role }) => text.roles[role] },
      { key: 'created', heading: text.created, cell: ({ created_at: at }) => formatTime(at) },
      {
        key: 'actions',
        heading: text.actions,
        cell: (admin) => html`
          <div class="row">
            ${this.#renderAction(admin, 'edit', text.editAdmin(admin.username), () => {
              this.edited = admin;
            })}
            ${this.#renderAction(
              admin,
              'trash',
              text.removeAdmin(admin.username),
              () => void this.#remove(admin),
            )}
          </div>
        `,
      },
    ];
  }

  /** One's own account is changed under "Account". */
  #renderAction(admin: AdminItem, symbol: IconName, label: string, act: () => void) {
    return html`
      <button
        type="button"
        class="plain icon"
        aria-label=${label}
        title=${label}
        ?disabled=${!canChange() || admin.username === signedIn()?.username}
        @click=${act}
      >
        ${icon(symbol)}
      </button>
    `;
  }

  readonly #saved = (event: Event): void => {
    if (!(event instanceof AdminSavedEvent)) return;
    const { text } = this.#i18n;
    toast((this.edited === 'new' ? text.adminAdded : text.adminChanged)(event.username));
    this.edited = null;
    void this.#admins.run();
  };

  async #remove({ id, username }: AdminItem): Promise<void> {
    const { text } = this.#i18n;
    const isSure = await confirm({
      heading: text.removeAdmin(username),
      body: text.removeAdminBody(username),
      action: text.remove,
      isDangerous: true,
    });
    if (!isSure) return;
    try {
      await deleteAdmin(id);
      toast(text.adminRemoved(username));
    } catch (thrown) {
      toastError(thrown);
    }
    await this.#admins.run();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'admins-section': AdminsSection;
  }
}
