import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ApiError, call } from './api';
import { failureText } from './forms';
import { shared } from './styles';
import { text } from './text';

/** The part of `GET metrics` that is shown. */
interface Metrics {
  readonly tokens: {
    readonly total: number;
    readonly active: number;
    readonly cooling: number;
    readonly expired: number;
    readonly disabled: number;
    readonly chat_quota: number;
    readonly total_calls: number;
  };
}

/** The gateway no longer knows this session. */
export class SessionEndedEvent extends Event {
  constructor() {
    super('session-ended', { bubbles: true, composed: true });
  }
}

/** How the pool is doing, in figures. @fires session-ended */
@customElement('status-view')
export class StatusView extends LitElement {
  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr));
        gap: 1rem;
        margin: 0;
      }
      dt {
        color: var(--muted);
        font-size: 0.875rem;
      }
      dd {
        margin: 0;
        font-size: 1.5rem;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @state() private metrics: Metrics | null = null;
  @state() private failure = '';

  override firstUpdated(): void {
    void this.#load();
  }

  async #load(): Promise<void> {
    try {
      this.metrics = await call<Metrics>('GET', 'metrics');
      this.failure = '';
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status === 401) {
        this.dispatchEvent(new SessionEndedEvent());
      }
      this.failure = failureText(thrown);
    }
  }

  override render() {
    return html`
      <section class="card">
        <h1>${text.status}</h1>
        ${this.failure === '' ? nothing : html`<p role="alert">${this.failure}</p>`}
        ${this.metrics === null ? html`<p>${text.loading}</p>` : this.#renderFigures(this.metrics)}
        <button class="quiet" @click=${() => void this.#load()}>${text.refresh}</button>
      </section>
    `;
  }

  #renderFigures({ tokens }: Metrics) {
    const figures: readonly (readonly [string, number])[] = [
      [text.total, tokens.total],
      [text.active, tokens.active],
      [text.cooling, tokens.cooling],
      [text.expired, tokens.expired],
      [text.disabled, tokens.disabled],
      [text.chatQuota, tokens.chat_quota],
      [text.calls, tokens.total_calls],
    ];
    return html`
      <dl>
        ${figures.map(
          ([name, value]) => html`
            <div>
              <dt>${name}</dt>
              <dd>${value.toLocaleString(document.documentElement.lang)}</dd>
            </div>
          `,
        )}
      </dl>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'status-view': StatusView;
  }
}
