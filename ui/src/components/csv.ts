/**
 * One line of a table, ended as RFC 4180 says. Text that a spreadsheet would take for a formula gets an
 * apostrophe, as in the tables that the gateway writes.
 */
export function csvRow(values: readonly string[]): string {
  const cells = values.map((value) => {
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return `"${safe.replaceAll('"', '""')}"`;
  });
  return `${cells.join(',')}\r\n`;
}
