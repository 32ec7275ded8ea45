/** The value below which a share (0 to 1) of the values lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** What a row must show. `of`: the value itself, or its ratio to what it stands beside. */
export interface Target {
  readonly of: 'value' | 'ratio';
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** One line of the table: a figure by round, and in the same round that of what it is compared with. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** The pass-through's where the name says nothing else. */
  readonly beside?: readonly number[];
  readonly target?: Target;
}

/** Per round, because rounds differ more than sides do. */
function ratios(figure: Figure): readonly number[] {
  return (figure.beside ?? []).map((value, round) => (figure.values[round] ?? 0) / value);
}

/** The whole bench as text: medians, with the range of the rounds behind them. */
export function table(figures: readonly Figure[]): string {
  const head = ['measure', 'unit', 'median', 'range', 'beside', 'ratio', 'range', 'must', 'met'];
  const rows = [head, ...figures.map(line)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Whether the median meets the target; true without one. */
export function isMet(figure: Figure): boolean {
  const { target } = figure;
  if (target === undefined) return true;
  const value = median(target.of === 'ratio' ? ratios(figure) : figure.values);
  return value >= (target.atLeast ?? -Infinity) && value <= (target.atMost ?? Infinity);
}

function line(figure: Figure): string[] {
  const all = ratios(figure);
  return [
    figure.name,
    figure.unit,
    show(median(figure.values)),
    range(figure.values),
    figure.beside === undefined ? '' : show(median(figure.beside)),
    all.length === 0 ? '' : show(median(all)),
    range(all),
    targetText(figure.target),
    figure.target === undefined ? '' : isMet(figure) ? 'yes' : 'NO',
  ];
}

function range(values: readonly number[]): string {
  return values.length < 2 ? '' : `${show(Math.min(...values))}–${show(Math.max(...values))}`;
}

function targetText(target: Target | undefined): string {
  if (target === undefined) return '';
  const { of, atLeast, atMost } = target;
  const bound = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  return of === 'ratio' ? `ratio ${bound}` : bound;
}

function show(value: number): string {
  if (Number.isNaN(value)) return '—';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
