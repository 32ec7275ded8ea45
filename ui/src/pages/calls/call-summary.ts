import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { readCallStats } from '../../api/calls';
import { readRefusals } from '../../api/stats';
import { errorText } from '../../i18n/errors';
import { shared } from '../../theme/shared';
import './call-figures';
import { type CallFilter, EMPTY_FILTER, queryOf, RANGES } from './call-filter';

const DAY_MS = 86_400_000;
const MAX_DAYS = 366;
/** Sums cost more than a page of the list. */
const LIVE_MS = 30_000;

/** Reads and shows the figures of a filter. */
@customElement('call-summary')
export class CallSummary extends LitElement {
  static override styles = [shared];

  @property({ attribute: false }) filter: CallFilter = EMPTY_FILTER;
  /** Another number reads anew. */
  @property({ type: Number }) changes = 0;
  @property({ type: Boolean }) isLive = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  readonly #figures = new Task(this, {
    args: () => [this.filter, this.changes] as const,
    task: async ([filter], { signal }) => {
      const now = Date.now();
      const [stats, { refusals, days }] = await Promise.all([
        readCallStats(queryOf(filter, now), signal),
        readRefusals(daysOf(filter, now), signal),
      ]);
      return { stats, refusals, days };
    },
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.#tick(), LIVE_MS);
  }

  override disconnectedCallback(): void {
    clearInterval(this.#timer);
    super.disconnectedCallback();
  }

  override render() {
    const { value, error } = this.#figures;
    if (error !== undefined) return html`<p role="alert">${errorText(error)}</p>`;
    if (value === undefined) return nothing;
    return html`
      <call-figures
        .stats=${value.stats}
        .refusals=${value.refusals}
        .days=${value.days}
      ></call-figures>
    `;
  }

  #tick(): void {
    if (this.isLive && document.visibilityState === 'visible') void this.#figures.run();
  }
}

/** Whole days that a filter's range touches, up to now: what refusals are counted by. */
function daysOf({ range, from }: CallFilter, now: number): number {
  const lengthMs = range === 'custom' ? (from === undefined ? null : now - from) : RANGES[range];
  if (lengthMs === null) return MAX_DAYS;
  return Math.min(MAX_DAYS, Math.max(1, Math.ceil(lengthMs / DAY_MS)));
}

declare global {
  interface HTMLElementTagNameMap {
    'call-summary': CallSummary;
  }
}
