import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { readOverview, readStats } from '../../api/stats';
import { queryValue, setQuery } from '../../app/router';
import '../../components/stat-card';
import { errorText } from '../../i18n/errors';
import { formatCompact, formatDuration, formatNumber, formatPercent } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import type { UsageStats } from '../../../../src/contract/calls';
import type { PoolOverview } from '../../../../src/contract/overview';
import { messages } from './messages';
import './pool-health';
import './top-lists';
import './usage-charts';

const RANGES = [1, 7, 14, 30, 90] as const;
const LIVE_MS = 10_000;

/** How the gateway is doing: its pool now, its calls over time. */
@customElement('dashboard-page')
export class DashboardPage extends LitElement {
  static override styles = [shared, controls];

  @state() private days = rangeOf(queryValue('days'));
  @state() private isLive = true;
  @state() private updatedAt = 0;
  readonly #i18n = new Localize(this, messages);
  #timer: ReturnType<typeof setInterval> | undefined;

  readonly #figures = new Task(this, {
    args: () => [this.days] as const,
    task: async ([days], { signal }) => {
      const [overview, stats] = await Promise.all([readOverview(signal), readStats(days, signal)]);
      this.updatedAt = Date.now();
      return { overview, stats };
    },
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.#tick(), LIVE_MS);
    window.addEventListener('address-changed', this.#readAddress);
    window.addEventListener('popstate', this.#readAddress);
  }

  override disconnectedCallback(): void {
    clearInterval(this.#timer);
    window.removeEventListener('address-changed', this.#readAddress);
    window.removeEventListener('popstate', this.#readAddress);
    super.disconnectedCallback();
  }

  override render() {
    const { value, error } = this.#figures;
    return html`
      <div class="stack">
        ${this.#renderHead()}
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        ${value === undefined ? nothing : this.#renderFigures(value.overview, value.stats)}
      </div>
    `;
  }

  #renderHead() {
    const { text } = this.#i18n;
    return html`
      <div class="row spread">
        <h1>${text.title}</h1>
        <div class="row">
          <span class="muted small">
            ${this.updatedAt === 0 ? nothing : text.updated(this.updatedAt)}
          </span>
          <label class="check">
            <input
              type="checkbox"
              .checked=${this.isLive}
              @change=${() => (this.isLive = !this.isLive)}
            />
            ${text.live}
          </label>
          <label class="range">
            <select aria-label=${text.range} @change=${this.#choose}>
              ${RANGES.map(
                (days) =>
                  html`<option value=${days} .selected=${days === this.days}>
                    ${text.days(days)}
                  </option>`,
              )}
            </select>
          </label>
        </div>
      </div>
    `;
  }

  #renderFigures(overview: PoolOverview, stats: UsageStats) {
    const { text } = this.#i18n;
    const { calls, failed, duration_ms: durationMs, ...tokens } = stats.totals;
    const share = calls === 0 ? null : (calls - failed) / calls;
    return html`
      <div class="cards">
        <stat-card label=${text.requests} value=${formatNumber(calls)}></stat-card>
        <stat-card
          label=${text.successRate}
          value=${share === null ? '–' : formatPercent(share)}
          tone=${share === null || share >= 0.95 ? 'neutral' : share >= 0.8 ? 'warn' : 'alarm'}
        ></stat-card>
        <stat-card
          label=${text.latency}
          value=${calls === 0 ? '–' : formatDuration(durationMs / calls)}
          hint=${text.latencyHint}
        ></stat-card>
        <stat-card
          label=${text.inputTokens}
          value=${formatCompact(tokens.input_tokens)}
        ></stat-card>
        <stat-card
          label=${text.outputTokens}
          value=${formatCompact(tokens.output_tokens)}
        ></stat-card>
        <stat-card label=${text.openCalls} value=${formatNumber(overview.open_calls)}></stat-card>
      </div>
      <pool-health
        .overview=${overview}
        @breakers-closed=${() => void this.#figures.run()}
      ></pool-health>
      <usage-charts .stats=${stats}></usage-charts>
      <top-lists .stats=${stats}></top-lists>
    `;
  }

  /** A link to this page was followed, or the way back. */
  readonly #readAddress = (): void => {
    if (location.pathname === '/admin') this.days = rangeOf(queryValue('days'));
  };

  readonly #choose = (event: Event): void => {
    if (!(event.target instanceof HTMLSelectElement)) return;
    this.days = rangeOf(event.target.value);
    setQuery({ days: String(this.days) });
  };

  #tick(): void {
    if (this.isLive && document.visibilityState === 'visible') void this.#figures.run();
  }
}

function rangeOf(value: string): number {
  return RANGES.find((days) => String(days) === value) ?? 7;
}

declare global {
  interface HTMLElementTagNameMap {
    'dashboard-page': DashboardPage;
  }
}
