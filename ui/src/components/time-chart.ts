import { css, html, LitElement, unsafeCSS } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type uPlotType from 'uplot';
import uplotStyles from 'uplot/dist/uPlot.min.css?inline';
import { formatClock, formatCompact, formatDay, formatShortTime } from '../i18n/format';
import { shared } from '../theme/shared';

/** One line or set of bars. */
export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly tone: 'accent' | 'alarm' | 'good' | 'warn';
}

const HEIGHT_PX = 220;
const TWO_DAYS_MS = 2 * 86_400_000;

/** Values over time. The library is loaded with the first chart. */
@customElement('time-chart')
export class TimeChart extends LitElement {
  static override styles = [
    shared,
    unsafeCSS(uplotStyles),
    css`
      .plot {
        min-width: 0;
        min-height: 220px;
        overflow: hidden;
      }
      /* The time has no name: its values say what it is. */
      .u-legend .u-series:first-child th {
        display: none;
      }
      .u-legend {
        font-size: 0.8125rem;
      }
    `,
  ];

  /** Unix ms, rising. */
  @property({ attribute: false }) times: readonly number[] = [];
  @property({ attribute: false }) series: readonly Series[] = [];
  @property() label = '';
  @query('.plot') private plot!: HTMLElement;
  #chart: uPlotType | null = null;
  readonly #resized = new ResizeObserver(() => this.#fit());
  readonly #restyled = new MutationObserver(() => void this.#draw());

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
    this.#restyled.observe(document.documentElement, { attributeFilter: ['data-theme', 'lang'] });
  }

  override disconnectedCallback(): void {
    this.#resized.disconnect();
    this.#restyled.disconnect();
    this.#chart?.destroy();
    this.#chart = null;
    super.disconnectedCallback();
  }

  override updated(): void {
    void this.#draw();
  }

  override render() {
    return html`<div class="plot" role="img" aria-label=${this.label}></div>`;
  }

  async #draw(): Promise<void> {
    const { default: Plot } = await import('uplot');
    if (!this.isConnected) return;
    this.#chart?.destroy();
    const colour = (name: string): string => getComputedStyle(this).getPropertyValue(`--${name}`);
    const axis = { stroke: colour('muted'), grid: { stroke: colour('line'), width: 1 } };
    const options: uPlotType.Options = {
      width: Math.max(200, this.plot.clientWidth),
      height: HEIGHT_PX,
      cursor: { y: false },
      scales: {
        x: { time: true },
        y: { range: (_, min, max) => [Math.min(0, min), Math.max(1, max)] },
      },
      axes: [
        { ...axis, space: 72, values: (_, ticks) => this.#timeTicks(ticks) },
        { ...axis, size: 48, values: (_, ticks) => ticks.map(formatCompact) },
      ],
      series: [
        { label: '', value: (_, at) => (at === null ? '' : formatShortTime(at * 1_000)) },
        ...this.series.map(({ label, tone }) => ({
          label,
          stroke: colour(tone),
          width: 2,
          points: { show: false },
        })),
      ],
    };
    const data: uPlotType.AlignedData = [
      this.times.map((at) => at / 1_000),
      ...this.series.map(({ values }) => [...values]),
    ];
    this.#chart = new Plot(options, data, this.plot);
  }

  /** Hours within two days, dates beyond. @param ticks Unix seconds */
  #timeTicks(ticks: readonly number[]): string[] {
    const span = (this.times.at(-1) ?? 0) - (this.times[0] ?? 0);
    const format = span <= TWO_DAYS_MS ? formatClock : formatDay;
    return ticks.map((at) => format(at * 1_000));
  }

  #fit(): void {
    this.#chart?.setSize({ width: Math.max(200, this.plot.clientWidth), height: HEIGHT_PX });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'time-chart': TimeChart;
  }
}
