import { css, html, LitElement, unsafeCSS } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type uPlotType from 'uplot';
import uplotStyles from 'uplot/dist/uPlot.min.css?inline';
import { formatClock, formatCompact, formatDay, formatShortTime } from '../i18n/format';
import { Localize } from '../i18n/localize';
import { shared } from '../theme/shared';

/** One line or set of bars. */
export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly tone: 'accent' | 'alarm' | 'good' | 'warn';
}

const messages = {
  en: { most: (value: string) => `at most ${value}`, last: (value: string) => `last ${value}` },
  zh: { most: (value: string) => `最多 ${value}`, last: (value: string) => `最近 ${value}` },
};
const HEIGHT_PX = 220;
const TWO_DAYS_MS = 2 * 86_400_000;

/** Several charts of one page are drawn in tasks of their own, so that an input comes between. */
let tasks: Promise<unknown> = Promise.resolve();
function ownTask(): Promise<unknown> {
  tasks = tasks.then(() => new Promise((resolve) => setTimeout(resolve)));
  return tasks;
}

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
  readonly #i18n = new Localize(this, messages);
  #chart: uPlotType | null = null;
  /** Names and colours of the lines that it draws. */
  #lines = '';
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
    void this.#show();
  }

  override render() {
    return html`<div class="plot" role="img" aria-label=${this.#inWords()}></div>`;
  }

  /** For those who hear the page: each line's highest and last value. */
  #inWords(): string {
    const { most, last } = this.#i18n.text;
    const lines = this.series.map(({ label, values }) => {
      const known = values.filter((value) => value !== null);
      const highest = known.reduce((a, b) => Math.max(a, b), 0);
      return `${label}: ${most(formatCompact(highest))}, ${last(formatCompact(known.at(-1) ?? 0))}`;
    });
    return [this.label, ...lines].join('. ');
  }

  /** New values go into the chart that is there; other lines need another. */
  async #show(): Promise<void> {
    const lines = JSON.stringify(this.series.map(({ label, tone }) => [label, tone]));
    if (this.#chart === null || lines !== this.#lines) await this.#draw();
    else this.#chart.setData(this.#data());
  }

  async #draw(): Promise<void> {
    const { default: Plot } = await import('uplot');
    await ownTask();
    if (!this.isConnected) return;
    this.#chart?.destroy();
    this.#lines = JSON.stringify(this.series.map(({ label, tone }) => [label, tone]));
    this.#chart = new Plot(this.#options(), this.#data(), this.plot);
  }

  #data(): uPlotType.AlignedData {
    return [this.times.map((at) => at / 1_000), ...this.series.map(({ values }) => [...values])];
  }

  #options(): uPlotType.Options {
    const colour = (name: string): string => getComputedStyle(this).getPropertyValue(`--${name}`);
    const axis = { stroke: colour('muted'), grid: { stroke: colour('line'), width: 1 } };
    return {
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
          points: { show: false, size: 6, fill: colour(tone), filter: lonePoints },
        })),
      ],
    };
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

/** Values with a gap on either side: no line leads to them, so they are drawn as dots. */
function lonePoints({ data }: uPlotType, line: number): number[] {
  const values = data[line] ?? [];
  const isGap = (index: number): boolean => (values[index] ?? null) === null;
  return [...values.keys()].filter(
    (index) => !isGap(index) && isGap(index - 1) && isGap(index + 1),
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'time-chart': TimeChart;
  }
}
