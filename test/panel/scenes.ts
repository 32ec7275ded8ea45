import type { Page } from 'playwright-core';
import type { Size } from './browser.ts';
import { pagesOfPanel } from './pages.ts';

/** Something the panel shows: a page, a dialog, an empty list. */
export interface Scene {
  readonly name: string;
  readonly path: string;
  /** In use; with an admin and nothing else; not even set up. */
  readonly gateway: 'used' | 'empty' | 'new';
  /** Nobody is signed in. */
  readonly isGuest: boolean;
  /** What is there once it is shown. */
  readonly shows: string;
  /** Sizes that have it. */
  readonly sizes: readonly Size[];
  /** What is pressed, once the page is at rest, so that it opens. */
  readonly open: ((page: Page) => Promise<void>) | null;
  /** Problems that belong to it. */
  readonly expects: RegExp | null;
}

const PLAIN = {
  gateway: 'used',
  isGuest: false,
  shows: 'page-outlet > :not([role=status])',
  sizes: [390, 820, 1280],
  open: null,
  expects: null,
} as const;

const guest = (name: string, path: string, shows: string): Scene => ({
  ...PLAIN,
  name,
  path,
  shows,
  isGuest: true,
});

const page = (name: string, path: string): Scene => ({ ...PLAIN, name, path });

/** @param pressed buttons one after another, by their words in either language */
const dialog = (name: string, path: string, ...pressed: readonly RegExp[]): Scene => ({
  ...page(name, path),
  open: async (opened) => {
    for (const words of pressed) await opened.getByRole('button', { name: words }).first().click();
    await opened.locator('dialog[open]').last().waitFor();
  },
});

/** @param pressed what is clicked, in order */
const clicked = (name: string, path: string, ...pressed: readonly string[]): Scene => ({
  ...page(name, path),
  open: async (opened) => {
    for (const selector of pressed) {
      await opened.locator(`page-outlet ${selector}`).first().click();
    }
  },
});

/** The session ends in this page alone: others of the browser keep it. */
const endSession = async (opened: Page): Promise<void> => {
  const message = 'The session has ended.';
  const error = { message, type: 'authentication_error', code: 'session_expired', param: null };
  await opened.route('**/api/v1/admin/keys?*', (route) =>
    route.fulfill({ status: 401, json: { error: { ...error, status: 401 } } }),
  );
};

/** Calls of one model are held back, and readings are not believed. */
const holdBack = async (opened: Page): Promise<void> => {
  const since = Date.now() - 40_000;
  const breakers = [
    {
      name: 'grok-web/grok-4.20-0309-non-reasoning',
      since,
      cause: 'faulty',
      until: since + 43_000,
    },
    { name: 'grok-web/readings', since, cause: 'revoked', until: since },
  ];
  await opened.route('**/api/v1/admin/overview', async (route) => {
    const response = await route.fetch();
    const overview: object = await response.json();
    await route.fulfill({ response, json: { ...overview, breakers } });
  });
};

const IMPORTED = 'sso=new-account-0123456789\nsso=new-account-0123456789\nshort\nabc****xyz';

const TICK_ALL = 'data-table thead input[type=checkbox]';
const EMPTY = new Set(['dashboard', 'tokens', 'calls', 'models', 'media']);

/** Everything there is to look at, in the order of the navigation. */
export const SCENES: readonly Scene[] = [
  { ...guest('set-up', '/admin', 'setup-form form'), gateway: 'new' },
  guest('login', '/admin', 'login-form'),
  guest('docs', '/docs', 'docs-operation'),
  guest('docs-operation', '/docs#postV1ChatCompletions', 'docs-operation[open] schema-view'),
  ...pagesOfPanel().map(({ name, path }) => page(name, path)),
  page('nowhere', '/admin/nowhere'),
  {
    ...page('dashboard-held', '/admin'),
    open: async (opened) => {
      await holdBack(opened);
      await opened.reload();
      await opened.locator('open-breakers h3').first().waitFor();
    },
  },
  {
    ...dialog('menu', '/admin', /^(Open menu|打开菜单)$/),
    sizes: [390],
  },
  dialog('tokens-import', '/admin/token', /^(Import|导入)$/),
  {
    ...page('tokens-report', '/admin/token'),
    open: async (opened) => {
      await opened.getByRole('button', { name: /^(Import|导入)$/ }).click();
      await opened.locator('import-dialog textarea').fill(IMPORTED);
      await opened.getByRole('button', { name: /^(Check|检查)$/ }).click();
      await opened.locator('import-report').waitFor();
    },
  },
  dialog('tokens-add', '/admin/token', /^(Add|添加)$/),
  dialog('tokens-export', '/admin/token', /^(Export|导出)$/),
  dialog('tokens-edit', '/admin/token?search=onerror', /^(Edit|编辑) /),
  dialog('tokens-delete', '/admin/token?search=onerror', /^(Delete|删除) /),
  clicked('tokens-detail', '/admin/token?search=onerror', 'token-table tbody td:nth-child(3)'),
  {
    ...page('tokens-toast', '/admin/token?search=bas****20'),
    open: async (opened) => {
      await opened.locator('token-table tbody td:nth-child(3)').first().click();
      await opened
        .locator('token-detail')
        .getByRole('button', { name: /^(Test|测试)$/ })
        .click();
      await opened.locator('toast-stack p').waitFor();
    },
  },
  clicked('tokens-selected', '/admin/token', TICK_ALL, 'action-menu button'),
  clicked('tokens-tag', '/admin/token', TICK_ALL, 'action-menu button', 'action-menu li button'),
  clicked(
    'tokens-note',
    '/admin/token',
    TICK_ALL,
    'action-menu button',
    'action-menu li:nth-child(3) button',
  ),
  dialog('keys-add', '/admin/keys', /^(Add key|新建密钥)$/),
  clicked('keys-several', '/admin/keys', '.head button:nth-of-type(2)'),
  dialog('keys-edit', '/admin/keys?search=onerror', /^(Edit|编辑)/),
  dialog('keys-delete', '/admin/keys?search=onerror', /^(Delete|删除)/),
  clicked('keys-selected', '/admin/keys', TICK_ALL),
  {
    ...page('session-ended', '/admin/keys'),
    expects: /status of 401/,
    open: async (opened) => {
      await endSession(opened);
      await opened.getByRole('button', { name: /^(Refresh|刷新)$/ }).click();
      await opened.locator('login-form').waitFor();
    },
  },
  clicked('calls-filters', '/admin/calls', 'call-filters summary'),
  clicked('calls-detail', '/admin/calls?text=onerror', 'call-table tbody tr'),
  dialog('calls-clear', '/admin/calls', /^(Clear log|清空日志)$/),
  page('media-videos', '/admin/cache?section=videos'),
  page('media-accounts', '/admin/cache?section=accounts'),
  clicked('chat-options', '/admin/chat', 'chat-options summary'),
  page('imagine-request', '/admin/imagine?mode=request'),
  page('account', '/admin/config?tab=account'),
  page('admins', '/admin/config?tab=admins'),
  clicked('admins-add', '/admin/config?tab=admins', 'admins-section button.primary'),
  page('audit', '/admin/config?tab=audit'),
  ...pagesOfPanel()
    .filter(({ name }) => EMPTY.has(name))
    .map(({ name, path }): Scene => ({ ...page(`empty-${name}`, path), gateway: 'empty' })),
];

/** Waits until a scene is shown and whole, and opens what it opens. */
export async function show(
  { shows, open }: Scene,
  opened: Page,
  untilQuiet: () => Promise<void>,
): Promise<void> {
  await opened.locator(shows).first().waitFor({ state: 'attached' });
  await untilQuiet();
  if (open !== null) {
    await open(opened);
    await untilQuiet();
  }
  await opened.evaluate(() => panelChecks.nextPaint());
}
