import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { OnlineDetail } from '../../../../src/contract/cache';
import { readAccounts } from '../../api/media';
import '../../components/bulk-bar';
import { confirm } from '../../components/confirm';
import { type Column, SelectionChangedEvent } from '../../components/data-table';
import '../../components/data-table';
import { icon } from '../../components/icon';
import '../../components/status-pill';
import { toastError } from '../../components/toasts';
import { failureText } from '../../i18n/errors';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { startJob } from '../../state/jobs';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import './failure-list';
import type { Counted } from './media-cards';
import { messages } from './messages';

/** More accounts have been asked. */
export class AccountsCountedEvent extends Event {
  constructor(readonly counted: Counted) {
    super('accounts-counted', { bubbles: true, composed: true });
  }
}

/** The files of an account are to be shown. */
export class AccountOpenedEvent extends Event {
  constructor(readonly id: string) {
    super('account-opened', { bubbles: true, composed: true });
  }
}

/** How many files each account holds; all of an account's can be deleted. @fires accounts-counted @fires account-opened */
@customElement('account-counts')
export class AccountCounts extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
        min-width: 0;
      }
      data-table {
        --table-width: 36rem;
      }
    `,
  ];

  @property({ attribute: false }) accounts: readonly OnlineDetail[] = [];
  @state() private selected: ReadonlySet<string> = new Set();
  /** Ends the counting; null while there is none. */
  @state() private counting: AbortController | null = null;
  readonly #i18n = new Localize(this, messages);

  override disconnectedCallback(): void {
    this.counting?.abort();
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    return html`
      <div class="row">
        ${this.counting === null ? this.#renderStart() : this.#renderStop(this.counting)}
      </div>
      <failure-list kind="media.accounts"></failure-list>
      ${this.accounts.length === 0 ? nothing : this.#renderTable()}
      <bulk-bar
        ?hidden=${this.selected.size === 0}
        .count=${this.selected.size}
        @selection-cleared=${() => (this.selected = new Set())}
      >
        <button type="button" class="danger" @click=${this.#clear}>
          ${icon('trash')} ${text.clearAccounts}
        </button>
      </bulk-bar>
    `;
  }

  #renderStart() {
    return html`<button type="button" @click=${() => void this.#count()}>
      ${icon('refresh')} ${this.#i18n.text.count}
    </button>`;
  }

  #renderStop(counting: AbortController) {
    const { text } = this.#i18n;
    return html`
      <button type="button" @click=${() => counting.abort()}>${icon('stop')} ${text.stop}</button>
      <span class="small muted" role="status">${text.counting(this.accounts.length)}</span>
    `;
  }

  #renderTable() {
    const { text } = this.#i18n;
    return html`
      <data-table
        ?selectable=${canChange()}
        .caption=${text.sections.accounts}
        .columns=${this.#columns()}
        .rows=${this.accounts}
        .keyOf=${({ token_id: id }: OnlineDetail) => id}
        .selected=${this.selected}
        @selection-changed=${(event: Event) => {
          if (event instanceof SelectionChangedEvent) this.selected = event.keys;
        }}
      ></data-table>
    `;
  }

  #columns(): readonly Column<OnlineDetail>[] {
    const { text } = this.#i18n;
    return [
      {
        key: 'account',
        heading: text.account,
        cell: ({ token }) => html`<span class="mono">${token}</span>`,
      },
      {
        key: 'files',
        heading: text.files,
        align: 'end',
        cell: ({ count, more }) => (more ? text.atLeast(count) : formatNumber(count)),
      },
      {
        key: 'state',
        heading: text.state,
        cell: ({ status }) =>
          status === 'ok'
            ? html`<status-pill tone="good">${text.ok}</status-pill>`
            : html`<status-pill tone="alarm">${text.failed}</status-pill>
                <span class="small">${failureText(status.replace(/^error: /, ''))}</span>`,
      },
      {
        key: 'actions',
        heading: text.actions,
        cell: ({ token_id: id }) =>
          html`<button type="button" @click=${() => this.dispatchEvent(new AccountOpenedEvent(id))}>
            ${text.open}
          </button>`,
      },
    ];
  }

  async #count(): Promise<void> {
    const counting = new AbortController();
    this.counting = counting;
    this.accounts = [];
    try {
      for (let after: string | null = ''; after !== null;) {
        const page: Awaited<ReturnType<typeof readAccounts>> = await readAccounts(
          after,
          counting.signal,
        );
        this.accounts = [...this.accounts, ...page.accounts];
        this.#tell();
        after = page.next;
      }
    } catch (thrown) {
      if (!counting.signal.aborted) toastError(thrown);
    } finally {
      this.counting = null;
    }
  }

  #tell(): void {
    const files = this.accounts.reduce((sum, { count }) => sum + count, 0);
    this.dispatchEvent(new AccountsCountedEvent({ accounts: this.accounts.length, files }));
  }

  readonly #clear = async (): Promise<void> => {
    const { text } = this.#i18n;
    const isMeant = await confirm({
      heading: text.clearAccountsTitle(this.selected.size),
      body: text.clearAccountsBody,
      action: text.clearAccounts,
      isDangerous: true,
    });
    if (!isMeant) return;
    startJob('media.accounts', [...this.selected]);
    this.selected = new Set();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'account-counts': AccountCounts;
  }
}
