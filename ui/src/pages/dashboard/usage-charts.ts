import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { UsageStats } from '../../../../src/contract/calls';
import '../../components/time-chart';
import type { Series } from '../../components/time-chart';
import { Localize } from '../../i18n/localize';
import { shared } from '../../theme/shared';
import { messages } from './messages';

/** What every point of a chart is made of. */
interface Point {
  readonly at: number;
  readonly success: number;
  readonly failed: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly duration_ms: number;
}

/** Requests, how long they took and what they cost in tokens: by hour for a day, by day for longer. */
@customElement('usage-charts')
export class UsageCharts extends LitElement {
  static override styles = [
    shared,
    css`
      .columns {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
      }
    `,
  ];

  @property({ attribute: false }) stats: UsageStats | null = null;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    if (this.stats === null) return nothing;
    const { hourly } = this.stats;
    const days = daysOf(this.stats);
    const isLong = days.length > 1;
    const points = isLong ? days : hourly;
    return html`
      <div class="columns">
        ${isLong ? this.#renderRequests(text.perDay, days) : nothing}
        ${this.#renderRequests(text.perHour, hourly)}
        ${this.#renderChart(isLong ? text.latencyPerDay : text.latencyPerHour, points, [
          { label: text.seconds, values: points.map(meanSeconds), tone: 'accent' },
        ])}
        ${this.#renderChart(isLong ? text.tokensPerDay : text.tokensPerHour, points, [
          {
            label: text.inputTokens,
            values: points.map((one) => one.input_tokens),
            tone: 'accent',
          },
          {
            label: text.outputTokens,
            values: points.map((one) => one.output_tokens),
            tone: 'good',
          },
        ])}
      </div>
    `;
  }

  #renderRequests(heading: string, points: readonly Point[]) {
    const { text } = this.#i18n;
    return this.#renderChart(heading, points, [
      { label: text.succeeded, values: points.map(({ success }) => success), tone: 'accent' },
      { label: text.failed, values: points.map(({ failed }) => failed), tone: 'alarm' },
    ]);
  }

  #renderChart(heading: string, points: readonly Point[], series: readonly Series[]) {
    return html`
      <section class="card">
        <h2>${heading}</h2>
        <time-chart
          label=${heading}
          .times=${points.map(({ at }) => at)}
          .series=${series}
        ></time-chart>
      </section>
    `;
  }
}

function daysOf({ per_day: perDay }: UsageStats): Point[] {
  return perDay.map(({ day, calls, ...sum }) => ({
    ...sum,
    at: Date.parse(`${day}T00:00`),
    success: calls - sum.failed,
  }));
}

/** A moment without calls has no duration: the line has a gap there. */
function meanSeconds({ success, failed, duration_ms: durationMs }: Point): number | null {
  const calls = success + failed;
  return calls === 0 ? null : durationMs / calls / 1_000;
}

declare global {
  interface HTMLElementTagNameMap {
    'usage-charts': UsageCharts;
  }
}
