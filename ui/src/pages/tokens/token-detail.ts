import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { TokenItem } from '../../../../src/contract/tokens';
import { clearCooldowns, readToken } from '../../api/tokens';
import '../../components/app-dialog';
import '../../components/copy-button';
import '../../components/status-pill';
import { toast, toastError } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { formatNumber, formatRelative } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { tokenTypeName } from '../../i18n/names';
import { reasonText } from '../../i18n/reasons';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import './token-buckets';
import './token-calls';
import { statusOf, TONES, typeOf } from './token-filter';
import { type TokenAction, TokenActionEvent } from './token-table';

const LIVE_MS = 5_000;

/** Everything known about one token. @fires dialog-closed @fires token-action */
@customElement('token-detail')
export class TokenDetail extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      app-dialog {
        --dialog-width: 60rem;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr));
        gap: 0.75rem;
        margin: 0;
      }
      dt {
        color: var(--muted);
        font-size: 0.8125rem;
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .copied {
        display: flex;
        gap: 0.25rem;
        align-items: center;
      }
      .notice {
        padding: 0.5rem 0.75rem;
        border-radius: var(--radius-small);
        background: var(--warn-soft);
      }
    `,
  ];

  @property() tokenId = '';
  readonly #i18n = new Localize(this, messages);
  #timer: ReturnType<typeof setInterval> | undefined;

  readonly #token = new Task(this, {
    args: () => [this.tokenId] as const,
    task: ([id], { signal }) => readToken(id, signal),
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible') this.refresh();
    }, LIVE_MS);
  }

  override disconnectedCallback(): void {
    clearInterval(this.#timer);
    super.disconnectedCallback();
  }

  /** Reads it again. */
  refresh(): void {
    void this.#token.run();
  }

  override render() {
    const { text } = this.#i18n;
    const { value, error } = this.#token;
    return html`
      <app-dialog .heading=${value === undefined ? text.details : `${text.details} ${value.token}`}>
        <div class="stack">
          ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
          ${value === undefined ? nothing : this.#renderToken(value)}
        </div>
        ${value === undefined ? nothing : this.#renderActions(value)}
      </app-dialog>
    `;
  }

  #renderToken(item: TokenItem) {
    const { text } = this.#i18n;
    return html`
      ${this.#renderTrouble(item)} ${this.#renderFacts(item)}
      <section class="stack">
        <h3>${text.buckets}</h3>
        <token-buckets .buckets=${item.buckets}></token-buckets>
      </section>
      <section class="stack">
        <h3>${text.recentCalls}</h3>
        <token-calls .tokenId=${item.id}></token-calls>
        <div class="row">
          <a class="button" href="/admin/calls?token=${encodeURIComponent(item.id)}">
            ${text.allCalls}
          </a>
          ${
            item.provider === 'grok-web'
              ? html`<a class="button" href="/admin/cache?token=${encodeURIComponent(item.id)}">
                  ${text.assets}
                </a>`
              : nothing
          }
        </div>
      </section>
    `;
  }

  #renderTrouble(item: TokenItem) {
    const { text } = this.#i18n;
    const until = item.cooling_until;
    const bucketCools = item.buckets.some((bucket) => bucket.cooling_until !== null);
    if (until === null && item.status !== 'invalid' && !bucketCools) return nothing;
    return html`
      <div class="notice row spread">
        <div class="grow">
          ${this.#troubleOf(item)}
          ${item.reason === null ? nothing : html`<div class="small">${reasonText(item.reason)}</div>`}
        </div>
        <button
          type="button"
          ?disabled=${!canChange()}
          @click=${() => void this.#clearCooldown(item.id)}
        >
          ${item.status === 'invalid' ? text.revive : text.clearCooldown}
        </button>
      </div>
    `;
  }

  #troubleOf({ status, cooling_until: until }: TokenItem): string {
    const { text } = this.#i18n;
    if (status === 'invalid') return text.statuses.invalid;
    return until === null ? text.bucketCools : text.cooling(until);
  }

  #renderFacts(item: TokenItem) {
    const { text } = this.#i18n;
    const status = statusOf(item);
    const fact = (name: string, value: unknown) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
    const { last_failure: failure, last_failure_at: failedAt, last_used_at: usedAt } = item;
    return html`
      <dl>
        ${fact(text.status, html`<status-pill tone=${TONES[status]}>${text.statuses[status]}</status-pill>`)}
        ${fact(text.pool, tokenTypeName(typeOf(item)))}
        ${fact(text.uses, formatNumber(item.use_count))}
        ${fact(text.underWay, formatNumber(item.in_flight))}
        ${fact(text.lastUsed, usedAt === null ? text.neverUsed : formatRelative(usedAt))}
        ${fact(text.failuresInRow, formatNumber(item.fail_count))}
        ${
          failure === null
            ? nothing
            : fact(
                text.lastFailure,
                html`${reasonText(failure)}${failedAt === null ? nothing : ` · ${formatRelative(failedAt)}`}`,
              )
        }
        ${fact(text.created, text.at(item.created_at))}
        ${item.source === null ? nothing : fact(text.source, html`<span class="mono">${item.source}</span>`)}
        ${
          item.tags.length === 0
            ? nothing
            : fact(
                text.tags,
                item.tags.map((tag) => html`<status-pill title=${tag}>${tag}</status-pill> `),
              )
        }
        ${item.note === '' ? nothing : fact(text.note, item.note)}
        ${fact(
          text.id,
          html`<span class="copied">
            <span class="mono">${item.id}</span><copy-button .value=${item.id}></copy-button>
          </span>`,
        )}
      </dl>
    `;
  }

  #renderActions(item: TokenItem) {
    const { text } = this.#i18n;
    const actions: readonly TokenAction[] = ['test', 'refresh', 'edit', 'delete'];
    return actions.map(
      (action) => html`
        <button
          slot="footer"
          type="button"
          class=${action === 'delete' ? 'danger' : ''}
          ?disabled=${!canChange()}
          @click=${() => this.dispatchEvent(new TokenActionEvent(action, item))}
        >
          ${text[action]}
        </button>
      `,
    );
  }

  async #clearCooldown(id: string): Promise<void> {
    try {
      await clearCooldowns([id]);
      toast(this.#i18n.text.cooldownCleared);
      this.refresh();
    } catch (thrown) {
      toastError(thrown);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'token-detail': TokenDetail;
  }
}
