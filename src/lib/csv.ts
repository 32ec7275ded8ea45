/** Tables as comma-separated text that spreadsheets open without harm. */

/** The mark by which Excel knows UTF-8; goes before the heading. */
export const CSV_MARK = '\uFEFF';

export type CsvValue = string | number | boolean | null;

/** One line, ended as RFC 4180 says. */
export function csvRow(values: readonly CsvValue[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}

/** Quoted where need be; text that a spreadsheet would take for a formula gets an apostrophe. */
function csvCell(value: CsvValue): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
