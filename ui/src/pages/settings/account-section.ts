import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { SessionItem } from '../../../../src/contract/sessions';
import { endOtherSessions, endSession, readSessions } from '../../api/admins';
import type { Column } from '../../components/data-table';
import '../../components/data-table';
import '../../components/status-pill';
import { toast, toastError } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { formatRelative, formatShortTime, formatTime } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { browserName } from './browser-name';
import { messages } from './messages';
import './password-form';

const NO_WRAP = 'white-space: nowrap';

/** One's own password and sessions. */
@customElement('account-section')
export class AccountSection extends LitElement {
  static override styles = [shared, controls];

  readonly #i18n = new Localize(this, messages);
  readonly #sessions = new Task(this, {
    args: () => [] as const,
    task: (_, { signal }) => readSessions(signal),
  });

  override render() {
    const { text } = this.#i18n;
    const { value: sessions = [], error } = this.#sessions;
    return html`
      <div class="stack">
        <password-form @password-changed=${() => void this.#sessions.run()}></password-form>
        <section class="card">
          <div class="row spread">
            <div>
              <h2>${text.sessions}</h2>
              <p class="muted small">${text.sessionsHint}</p>
            </div>
            <button
              type="button"
              class="danger"
              ?disabled=${sessions.length < 2}
              @click=${() => void this.#end(endOtherSessions())}
            >
              ${text.signOutOthers}
            </button>
          </div>
          ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
          <data-table
            .columns=${this.#columns()}
            .rows=${sessions}
            .keyOf=${({ id }: SessionItem) => id}
            .caption=${text.sessions}
          ></data-table>
        </section>
      </div>
    `;
  }

  #columns(): readonly Column<SessionItem>[] {
    const { text } = this.#i18n;
    return [
      {
        key: 'device',
        heading: text.device,
        cell: ({ user_agent: agent, current }) => html`
          ${current ? html`<status-pill tone="good">${text.thisSession}</status-pill>` : nothing}
          <div class="small" title=${agent}>${browserName(agent).slice(0, 120)}</div>
        `,
      },
      {
        key: 'address',
        heading: text.address,
        cell: ({ ip }) => html`<span class="mono" .style=${NO_WRAP}>${ip}</span>`,
      },
      {
        key: 'started',
        heading: text.started,
        cell: ({ created_at: at }) =>
          html`<span class="small" title=${formatTime(at)} .style=${NO_WRAP}
            >${formatRelative(at)}</span
          >`,
      },
      {
        key: 'ends',
        heading: text.ends,
        cell: ({ expires_at: at }) =>
          html`<span class="small" .style=${NO_WRAP}>${formatShortTime(at)}</span>`,
      },
      {
        key: 'actions',
        heading: text.actions,
        cell: ({ id, current }) =>
          current
            ? nothing
            : html`<button
                type="button"
                @click=${() => void this.#end(endSession(id).then(() => 1))}
              >
                ${text.signOut}
              </button>`,
      },
    ];
  }

  async #end(work: Promise<number>): Promise<void> {
    try {
      toast(this.#i18n.text.signedOut(await work));
    } catch (thrown) {
      toastError(thrown);
    }
    await this.#sessions.run();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'account-section': AccountSection;
  }
}
