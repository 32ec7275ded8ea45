import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { UsageStats } from '../../../../src/contract/calls';
import '../../components/time-chart';
import { Localize } from '../../i18n/localize';
import { shared } from '../../theme/shared';
import { messages } from './messages';

/** Calls by day and by hour, as lines. */
@customElement('usage-charts')
export class UsageCharts extends LitElement {
  static override styles = [shared];

  @property({ attribute: false }) stats: UsageStats | null = null;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    if (this.stats === null) return nothing;
    const { per_day: perDay, hourly } = this.stats;
    const lines = (success: readonly number[], failed: readonly number[]) => [
      { label: text.succeeded, values: success, tone: 'accent' as const },
      { label: text.failed, values: failed, tone: 'alarm' as const },
    ];
    return html`
      <div class="columns">
        <section class="card">
          <h2>${text.perHour}</h2>
          <time-chart
            label=${text.perHour}
            .times=${hourly.map(({ at }) => at)}
            .series=${lines(
              hourly.map(({ success }) => success),
              hourly.map(({ failed }) => failed),
            )}
          ></time-chart>
        </section>
        ${
          perDay.length < 2
            ? nothing
            : html`<section class="card">
                <h2>${text.perDay}</h2>
                <time-chart
                  label=${text.perDay}
                  .times=${perDay.map(({ day }) => Date.parse(`${day}T00:00`))}
                  .series=${lines(
                    perDay.map(({ calls, failed }) => calls - failed),
                    perDay.map(({ failed }) => failed),
                  )}
                ></time-chart>
              </section>`
        }
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'usage-charts': UsageCharts;
  }
}
