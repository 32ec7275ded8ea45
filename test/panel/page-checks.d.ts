/** What runs inside the page: `test/panel/page/main.ts`. */
declare const panelChecks: {
  layoutFaults(): string[];
  untranslated(language: 'en' | 'zh', data: readonly string[]): string[];
  dangers(): string[];
  fillFields(
    texts: readonly string[],
  ): Promise<{ readonly fields: number; readonly dangers: readonly string[] }>;
  submitFields(): void;
  nextPaint(): Promise<void>;
  atIdle(): Promise<void>;
  takeTiming(): Record<'largestPaintMs' | 'blockedMs' | 'longestTaskMs' | 'slowestInputMs', number>;
  timeToRows(path: string): Promise<number>;
  countRows(): number;
  paste(text: string): void;
  colourOf(png: string): Promise<string>;
  backgroundOf(selector: string): string;
  dragged(file: { readonly name: string; readonly text: string }): object;
};
