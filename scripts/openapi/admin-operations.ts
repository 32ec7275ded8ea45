import * as z from 'zod';
import * as cache from '../../src/contract/cache';
import * as calls from '../../src/contract/calls';
import type { ErrorCode } from '../../src/contract/errors';
import * as keys from '../../src/contract/keys';
import * as overview from '../../src/contract/overview';
import * as sessions from '../../src/contract/sessions';
import * as tokens from '../../src/contract/tokens';
import { BODY, UPSTREAM } from './errors';
import { type Body, type Group, json, type Operation, type Reply } from './operation';
import * as replies from './replies-admin';

const BASE = '/api/v1/admin';
const TOKEN = 'tok_01K00000000000000000000000';
const KEY = 'key_01K00000000000000000000000';
const Id = z.object({ id: z.string() });

type Rest = Partial<Omit<Operation, 'method' | 'path' | 'group' | 'summary' | 'replies'>>;

const maker =
  (group: Group, method: 'get' | 'post') =>
  (
    path: string,
    summary: string,
    reply: z.ZodType | readonly Reply[],
    rest: Rest = {},
  ): Operation => ({
    method,
    path: BASE + path,
    group,
    summary,
    by: 'session',
    replies: 'length' in reply ? reply : json('What was asked for.', reply),
    ...rest,
    errors: [
      ...(rest.errors ?? []),
      ...(rest.query === undefined ? [] : (['invalid_request'] as const)),
    ],
  });

const body = (
  schema: z.ZodType,
  examples: Body['examples'] = {},
  errors: readonly ErrorCode[] = [],
): Pick<Operation, 'body' | 'errors'> => ({
  body: { json: schema, examples },
  errors: [...BODY, ...errors],
});

const lines = (description: string, ...types: string[]): readonly Reply[] =>
  types.map((type) => ({ status: '200', description, type }));

const get = {
  sessions: maker('Admin: sessions', 'get'),
  tokens: maker('Admin: tokens', 'get'),
  keys: maker('Admin: keys', 'get'),
  calls: maker('Admin: calls', 'get'),
  media: maker('Admin: media', 'get'),
  settings: maker('Admin: settings', 'get'),
};
const post = {
  sessions: maker('Admin: sessions', 'post'),
  tokens: maker('Admin: tokens', 'post'),
  keys: maker('Admin: keys', 'post'),
  calls: maker('Admin: calls', 'post'),
  media: maker('Admin: media', 'post'),
  settings: maker('Admin: settings', 'post'),
};

const SIGN_IN: readonly ErrorCode[] = [
  'invalid_credentials',
  'too_many_attempts',
  'origin_not_allowed',
  'not_set_up',
];

const SESSIONS: readonly Operation[] = [
  get.sessions('/setup', 'Ask whether the first administrator is to be made', replies.SetupState, {
    by: 'nothing',
  }),
  post.sessions('/setup', 'Make the first administrator and the first key', replies.FirstSession, {
    by: 'nothing',
    ...body(
      sessions.SetupRequest,
      { first: { code: 'the set-up code', username: 'admin', password: 'correct horse battery' } },
      ['already_set_up', 'missing_secret', 'invalid_setup_code', 'too_many_attempts'],
    ),
  }),
  post.sessions('/login', 'Sign in', replies.SignedIn, {
    by: 'nothing',
    description: 'Answers the session token and sets the `__Host-session` cookie.',
    ...body(
      sessions.Login,
      { admin: { username: 'admin', password: 'correct horse battery' } },
      SIGN_IN,
    ),
  }),
  post.sessions('/logout', 'Sign out', replies.Success),
  post.sessions('/password', 'Change the own password', replies.Revoked, {
    description: 'Every other session of this administrator ends.',
    ...body(
      sessions.PasswordChange,
      { change: { current_password: 'correct horse', new_password: 'correct horse battery' } },
      ['invalid_credentials', 'too_many_attempts'],
    ),
  }),
  get.sessions('/session', 'Ask who is signed in', replies.Who),
  get.sessions('/sessions', 'List the own sessions', replies.Sessions),
  post.sessions('/sessions/revoke', 'End a session', replies.Success, {
    ...body(sessions.RowSelection, { one: { id: 'a1b2c3' } }, ['not_found']),
  }),
  post.sessions('/sessions/revoke-others', 'End all other sessions', replies.Revoked),
  get.sessions('/admins', 'List administrators', replies.Admins),
  post.sessions('/admins', 'Make an administrator', replies.Made, {
    ...body(sessions.AdminCreate, {
      viewer: { username: 'guest', password: 'correct horse battery', role: 'viewer' },
    }),
  }),
  post.sessions('/admins/update', "Change another account's role or password", replies.Success, {
    ...body(
      sessions.AdminUpdate,
      {
        role: { id: 'adm_1', role: 'admin' },
        password: { id: 'adm_1', password: 'correct horse battery' },
      },
      ['not_found'],
    ),
  }),
  post.sessions('/admins/delete', 'Delete an administrator', replies.Success, {
    ...body(sessions.RowSelection, { one: { id: 'adm_1' } }, ['not_found']),
  }),
  get.sessions('/audit', 'Read the audit log', replies.Audit, { query: calls.AuditQuery }),
];

const SELECTION: readonly ErrorCode[] = ['masked_identifier', 'not_found', 'missing_secret'];
const ONE = { one: { id: TOKEN } };

const TOKENS: readonly Operation[] = [
  get.tokens('/tokens', 'List tokens', replies.Tokens, { query: tokens.TokenListQuery }),
  post.tokens(
    '/tokens',
    'Import tokens',
    [
      ...json('What became of them.', replies.Imported),
      ...lines('A line for each step, with `?progress=1`.', 'application/x-ndjson'),
      ...lines('An event for each step, when asked for.', 'text/event-stream'),
    ],
    {
      description: 'Known ones are merged. Text holds one credential a line.',
      query: tokens.TokenImportQuery.extend({ progress: z.optional(z.literal('1')) }),
      body: {
        json: tokens.TokenImport,
        text: 'One credential a line.',
        examples: {
          older: { ssoBasic: ['sso=example-token-one'], ssoSuper: [] },
          provider: { provider: 'deepseek', tokens: ['sk-example-key'], dry_run: true },
        },
      },
      errors: [...BODY, 'masked_identifier', 'stale_version', 'missing_secret'],
    },
  ),
  get.tokens('/tokens/tags', 'List all tags', replies.Tags),
  get.tokens(
    '/tokens/export',
    'Export what matches',
    lines('Masks and facts, never texts.', 'application/x-ndjson', 'text/csv'),
    { query: tokens.TokenExportQuery },
  ),
  post.tokens(
    '/tokens/export',
    'Export the chosen',
    lines('Masks and facts, never texts.', 'application/x-ndjson', 'text/csv'),
    body(tokens.TokenExport, { csv: { ids: [TOKEN], format: 'csv' } }),
  ),
  post.tokens('/tokens/export-secrets', 'Export full texts', lines('One a line.', 'text/plain'), {
    description: 'Asks for the password again, and is written down.',
    ...body(tokens.SecretExport, { all: { password: 'correct horse battery', filter: {} } }, [
      'invalid_credentials',
      'too_many_attempts',
      'missing_secret',
    ]),
  }),
  get.tokens('/tokens/{id}', 'Look at one token', replies.OneToken, {
    pathParams: Id,
    errors: ['not_found'],
  }),
  post.tokens(
    '/tokens/update',
    'Edit tokens',
    replies.TokenChange,
    body(tokens.TokenUpdate, { note: { id: TOKEN, note: 'mine', add_tags: ['vip'] } }, SELECTION),
  ),
  post.tokens(
    '/tokens/delete',
    'Delete tokens',
    replies.Deleted,
    body(tokens.TokenSelection, ONE, SELECTION),
  ),
  post.tokens(
    '/tokens/clear-cooldown',
    'End cooldowns',
    replies.TokenChange,
    body(tokens.TokenSelection, ONE, SELECTION),
  ),
  post.tokens(
    '/tokens/refresh',
    'Read figures anew',
    replies.Refreshed,
    body(tokens.RefreshRequest, { ...ONE, page: { all: true } }, SELECTION),
  ),
  post.tokens('/tokens/test', 'Ask upstream about a token', replies.Tested, {
    description: 'Always 200; `data` is what upstream itself says.',
    ...body(tokens.TokenSelection, ONE, SELECTION),
  }),
];

const KEYS: readonly Operation[] = [
  get.keys('/keys', 'List keys', replies.Keys, { query: keys.KeyListQuery }),
  get.keys('/keys/names', 'List ids and names of keys', replies.KeyNames, {
    query: keys.KeyFilter,
  }),
  get.keys('/keys/counts', 'Count keys', replies.KeyCounts),
  post.keys(
    '/keys',
    'Make a key',
    replies.NewKey,
    body(
      keys.KeyCreate,
      { limited: { name: 'team', limits: { chat_per_day: 300 }, rpm: 60 }, plain: { name: 'me' } },
      ['key_exists'],
    ),
  ),
  post.keys(
    '/keys/update',
    'Edit a key',
    replies.EditedKey,
    body(keys.KeyUpdate, { off: { id: KEY, is_active: false } }, [
      'not_found',
      'masked_identifier',
      'stale_version',
    ]),
  ),
  post.keys(
    '/keys/delete',
    'Delete a key',
    replies.Done,
    body(keys.KeySelection, { one: { id: KEY } }, ['not_found', 'masked_identifier']),
  ),
  post.keys(
    '/keys/batch',
    'Make, switch or delete many',
    replies.KeyBatchDone,
    body(
      keys.KeyBatch,
      {
        disable: { action: 'disable', ids: [KEY] },
        create: { action: 'create', count: 3, name_prefix: 'team' },
      },
      ['stale_version'],
    ),
  ),
];

const CALLS: readonly Operation[] = [
  get.calls('/calls', 'List calls', replies.Calls, { query: calls.CallListQuery }),
  get.calls('/calls/stats', 'Sum what matches', replies.CallSums, { query: calls.CallFilter }),
  get.calls(
    '/calls/export',
    'Export what matches',
    lines('All that match, newest first.', 'application/x-ndjson', 'text/csv'),
    { query: calls.CallExportQuery },
  ),
  get.calls('/calls/{id}', 'Look at one call', replies.OneCall, {
    pathParams: Id,
    errors: ['not_found'],
  }),
  post.calls('/calls/clear', 'Empty the log', replies.CallsDeleted),
  get.calls('/stats', 'Read the figures of days', replies.Stats, { query: calls.StatsQuery }),
  get.calls('/stats/refusals', 'Count what was refused, by reason', replies.Refusals, {
    query: calls.StatsQuery,
  }),
  get.calls('/metrics', 'Read the older figures', replies.Metrics),
  get.calls('/logs/files', 'List the logs', replies.LogFiles),
  get.calls('/logs/tail', 'Read the log as lines', replies.LogTail, {
    query: calls.TailQuery,
    errors: ['not_found'],
  }),
];

const MEDIA: readonly Operation[] = [
  get.media('/cache', 'See what is cached, here and upstream', replies.Cache, {
    query: cache.CacheQuery,
    errors: ['not_found', 'masked_identifier', ...UPSTREAM],
  }),
  get.media('/cache/local', 'See what is cached here', replies.LocalCache),
  get.media('/cache/list', 'List what is cached', replies.CachePage, {
    query: cache.CacheListQuery,
  }),
  get.media('/cache/progress', 'See how a clearing stands', replies.Purge),
  post.media(
    '/cache/clear',
    'Clear the cache',
    replies.Cleared,
    body(cache.CacheClear, { images: { type: 'image' } }),
  ),
  post.media('/cache/clear/cancel', 'Stop a clearing', replies.Purge),
  post.media(
    '/cache/item/delete',
    'Delete what is cached under names',
    replies.ItemsDeleted,
    body(cache.CacheItemDelete, { one: { type: 'image', name: 'p_example' } }, ['not_found']),
  ),
  post.media(
    '/cache/online/clear',
    'Delete the files of accounts',
    replies.AssetsDeleted,
    body(tokens.TokenSelection, ONE, [...SELECTION, ...UPSTREAM]),
  ),
  get.media('/tokens/assets', 'List the files of an account', replies.Assets, {
    query: cache.AssetListQuery,
    errors: ['not_found', ...UPSTREAM],
  }),
  post.media(
    '/tokens/assets/delete',
    'Delete files of an account',
    replies.AssetsDeleted,
    body(cache.AssetDelete, { all: { id: TOKEN, all: true } }, ['not_found', ...UPSTREAM]),
  ),
];

const SETTINGS: readonly Operation[] = [
  get.settings('/config', 'Read the settings', replies.Config),
  post.settings('/config', 'Edit the settings', replies.ConfigSaved, {
    description: 'Any part of the groups, all of it or nothing.',
    ...body(replies.ConfigEdit, { hot: { grok: { temporary: true } } }, ['stale_version']),
  }),
  get.settings('/models', 'Read the catalog', replies.Catalog),
  get.settings('/overview', 'See the pool at this moment', replies.Overview),
  post.settings(
    '/breakers/close',
    'Let calls through again after a shared failure',
    replies.BreakersClosed,
    body(overview.BreakersClose, { one: { names: ['grok-web/grok-4'] } }),
  ),
  get.settings('/verify', 'Check the books', replies.Verified, {
    query: z.object({ drain: z.optional(z.enum(['0', '1'])) }),
  }),
  get.settings('/storage', 'Ask where lists are kept', replies.Storage),
];

/** All that a session opens. */
export const ADMIN: readonly Operation[] = [
  ...SESSIONS,
  ...TOKENS,
  ...KEYS,
  ...CALLS,
  ...MEDIA,
  ...SETTINGS,
];
