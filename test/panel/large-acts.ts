import type { Page } from 'playwright-core';

/** One thing that an operator does on a page; `isLong` goes on after its last input. */
export interface Act {
  readonly name: string;
  readonly run: (page: Page) => Promise<void>;
  readonly isLong?: true;
}

const button = (page: Page, name: string) =>
  page.locator('page-outlet').getByRole('button', { name, exact: true }).first();

const turn: Act = {
  name: 'next page',
  run: (page) => page.locator('page-outlet pager-bar button:enabled').last().click(),
};
const search = (text: string): Act => ({
  name: 'type in the search',
  async run(page) {
    await page.locator('page-outlet input[type=search]').first().click();
    await page.keyboard.type(text, { delay: 60 });
  },
});
const clear: Act = {
  name: 'clear the search',
  run: (page) => page.locator('page-outlet input[type=search]').first().fill(''),
};
const check = (name: string, label: string): Act => ({
  name,
  run: (page) => page.locator('page-outlet').getByLabel(label, { exact: true }).first().click(),
});
const choose = (name: string, label: string, value: string): Act => ({
  name,
  async run(page) {
    // A label around a select holds the text of its options as well.
    await page.locator('page-outlet').getByLabel(label).first().selectOption(value);
  },
});
const open = (name: string, cell: string): Act => ({
  name,
  run: (page) => page.locator(`page-outlet ${cell}`).first().click(),
});
const close: Act = { name: 'close it', run: (page) => page.keyboard.press('Escape') };

/** What is done on the tokens page, in this order; the job at the end changes all of them. */
export const TOKEN_ACTS: readonly Act[] = [
  {
    name: 'tick a row',
    run: (page) => page.locator('page-outlet tbody input[type=checkbox]').nth(3).click(),
  },
  {
    name: 'tick the page',
    run: (page) => page.locator('page-outlet thead input[type=checkbox]').click(),
  },
  turn,
  search('bulk-4999'),
  clear,
  check('filter by type', 'Basic (sso)'),
  check('filter by status', 'Active'),
  choose('filter by tag', 'Tag', 'group-7'),
  { name: 'clear the filters', run: (page) => button(page, 'Clear filters').click() },
  open('open a token', 'token-table tbody td:nth-child(3)'),
  close,
  {
    name: 'select all that match',
    isLong: true,
    async run(page) {
      await page.locator('page-outlet thead input[type=checkbox]').click();
      await page
        .locator('token-selection')
        .getByRole('button', { name: /^Select all/ })
        .click();
      await page
        .locator('bulk-bar')
        .getByText(/50,00\d|[1-9][\d,]{4,}/)
        .first()
        .waitFor({ timeout: 60_000 });
    },
  },
  {
    name: 'tag them all, for ten seconds',
    isLong: true,
    async run(page) {
      await page.locator('token-bulk action-menu button').first().click();
      await page.getByRole('button', { name: 'Add tag…' }).click();
      await page.locator('text-dialog input').fill('everyone');
      await page.locator('text-dialog button.primary').click();
      await page.locator('job-list progress, job-list progress-bar').first().waitFor();
      await page.waitForTimeout(10_000);
    },
  },
];

/** Fifty thousand lines are pasted, and what an import would do is asked. */
export const importActs = (lines: number): readonly Act[] => [
  { name: 'open the import', run: (page) => button(page, 'Import').click() },
  {
    name: `paste ${lines} lines`,
    isLong: true,
    async run(page) {
      const text = Array.from({ length: lines }, (_, line) => `sso=pasted-${line}-0123456789`);
      await page.locator('textarea[name=credentials]').focus();
      await page.evaluate((pasted) => panelChecks.paste(pasted), text.join('\n'));
      await page.locator('import-source').getByText('lines pasted').waitFor();
    },
  },
  {
    name: 'ask what they would do',
    isLong: true,
    async run(page) {
      await page.locator('import-dialog button.primary').click();
      await page.locator('import-report stat-card').first().waitFor();
    },
  },
];

export const CALL_ACTS: readonly Act[] = [
  turn,
  { name: 'open the filters', run: (page) => page.getByText('Filters', { exact: true }).click() },
  choose('two hundred rows a page', 'Rows on a page', '200'),
  choose('filter by status', 'Status', '5xx'),
  search('grok'),
  clear,
  open('open a call', 'call-table tbody td:nth-child(3)'),
  close,
];

export const KEY_ACTS: readonly Act[] = [turn, search('client-77'), clear];

export const DASHBOARD_ACTS: readonly Act[] = [choose('another range', 'Time range', '30')];
