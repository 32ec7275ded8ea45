import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CallStats, UsageStats } from '../../../../src/contract/calls';
import '../../components/stat-card';
import '../../components/time-chart';
import { formatCompact, formatNumber, formatPercent } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { refusalText } from '../../i18n/refusals';
import { shared } from '../../theme/shared';
import { messages } from './messages';

const SHOWN = 6;

/** Figures of the calls that the filter lets through, and what was refused before it became a call. */
@customElement('call-figures')
export class CallFigures extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.375rem 0.75rem;
        margin: 0;
        font-size: 0.875rem;
      }
      dt {
        overflow-wrap: anywhere;
      }
      dd {
        margin: 0;
        text-align: end;
      }
      @media (min-width: 960px) {
        .columns {
          grid-template-columns: minmax(0, 2fr) minmax(0, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) stats: CallStats | null = null;
  @property({ attribute: false }) refusals: UsageStats['refusals'] = [];
  /** Days that the refusals are of. */
  @property({ type: Number }) days = 1;
  readonly #i18n = new Localize(this, messages);

  override render() {
    if (this.stats === null) return nothing;
    return html`
      ${this.#renderCards(this.stats)}
      <div class="columns">${this.#renderChart(this.stats)} ${this.#renderRefusals()}</div>
    `;
  }

  #renderCards({ total, today, success, failed, kept, ...used }: CallStats) {
    const { text } = this.#i18n;
    const share = total === 0 ? null : success / total;
    const tokens = `${formatCompact(used.input_tokens)} / ${formatCompact(used.output_tokens)}`;
    return html`
      <div class="cards">
        <stat-card label=${text.total} value=${formatNumber(total)}></stat-card>
        <stat-card label=${text.today} value=${formatNumber(today)}></stat-card>
        <stat-card label=${text.success} value=${formatNumber(success)}></stat-card>
        <stat-card
          label=${text.failed}
          value=${formatNumber(failed)}
          tone=${failed === 0 ? 'neutral' : 'alarm'}
        ></stat-card>
        <stat-card
          label=${text.rate}
          value=${share === null ? '–' : formatPercent(share)}
          tone=${share === null || share >= 0.95 ? 'neutral' : share >= 0.8 ? 'warn' : 'alarm'}
        ></stat-card>
        <stat-card label=${text.tokensUsed} value=${tokens} hint=${text.tokensHint}></stat-card>
      </div>
      <p class="muted small">
        ${text.kept(kept.days, kept.rows)} ${kept.since === null ? nothing : text.since(kept.since)}
      </p>
    `;
  }

  #renderChart({ chart }: CallStats) {
    const { text } = this.#i18n;
    const { points } = chart;
    const times =
      chart.step === 'hour'
        ? chart.points.map(({ at }) => at)
        : chart.points.map(({ day }) => Date.parse(`${day}T00:00`));
    return html`
      <section class="card">
        <h2>${text.overTime}</h2>
        <time-chart
          label=${text.overTime}
          .times=${times}
          .series=${[
            { label: text.success, values: points.map(({ success }) => success), tone: 'accent' },
            { label: text.failed, values: points.map(({ failed }) => failed), tone: 'alarm' },
          ]}
        ></time-chart>
      </section>
    `;
  }

  #renderRefusals() {
    const { text } = this.#i18n;
    return html`
      <section class="card">
        <div>
          <h2>${text.refusals}</h2>
          <p class="muted small">${text.refusalsHint(this.days)}</p>
        </div>
        ${
          this.refusals.length === 0
            ? html`<p class="muted">${text.noRefusals}</p>`
            : html`<dl>
                ${this.refusals.slice(0, SHOWN).map(
                  ({ code, count }) =>
                    html`<dt>${refusalText(code)}</dt>
                      <dd class="number">${formatNumber(count)}</dd>`,
                )}
              </dl>`
        }
      </section>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'call-figures': CallFigures;
  }
}
