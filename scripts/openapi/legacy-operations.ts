import type * as z from 'zod';
import * as legacy from '../../src/contract/legacy';
import { Login } from '../../src/contract/sessions';
import { BODY } from './errors';
import { type Body, json, type Operation } from './operation';
import * as replies from './replies-legacy';

const TOKEN = 'tok_01K00000000000000000000000';
const KEY = 'key_01K00000000000000000000000';

const get = (path: string, summary: string, reply: z.ZodType, query?: z.ZodObject): Operation => ({
  method: 'get',
  path: `/api${path}`,
  group: 'Older paths',
  summary,
  by: 'session',
  replies: json('What was asked for.', reply),
  ...(query === undefined ? {} : { query, errors: ['invalid_request'] }),
});

const post = (
  path: string,
  summary: string,
  reply: z.ZodType,
  schema?: z.ZodType,
  example?: unknown,
): Operation => {
  const body: Body | null = schema === undefined ? null : { json: schema, examples: { example } };
  return {
    ...get(path, summary, reply),
    method: 'post',
    ...(body === null ? {} : { body, errors: [...BODY, 'masked_identifier', 'stale_version'] }),
  };
};

/** The paths of earlier panels, over the same use cases as the admin API. */
export const LEGACY: readonly Operation[] = [
  {
    ...post('/login', 'Sign in', replies.SignedIn, Login, {
      username: 'admin',
      password: 'correct horse battery',
    }),
    by: 'nothing',
    errors: [...BODY, 'too_many_attempts', 'origin_not_allowed', 'not_set_up'],
  },
  post('/logout', 'Sign out', replies.Told),
  get('/settings', 'Read the settings', replies.Settings),
  post('/settings', 'Edit the settings', replies.Told, legacy.LegacySettings, {
    grok_config: { temporary: true },
  }),
  get('/storage/mode', 'Ask where lists are kept', replies.StorageMode),
  get('/tokens', 'List tokens by page', replies.Tokens, legacy.LegacyTokenQuery),
  post('/tokens/add', 'Add tokens', replies.Added, legacy.LegacyTokenAdd, {
    tokens: ['sso=example-token-one'],
    token_type: 'sso',
  }),
  post('/tokens/delete', 'Delete tokens', replies.Counted, legacy.LegacyTokenNames, {
    tokens: [TOKEN],
  }),
  post('/tokens/tags', 'Set the tags of a token', replies.Tagged, legacy.LegacyTags, {
    token: TOKEN,
    tags: ['vip'],
  }),
  post('/tokens/note', 'Set the note of a token', replies.Noted, legacy.LegacyNote, {
    token: TOKEN,
    note: 'n',
  }),
  get('/tokens/tags/all', 'List all tags', replies.Tags),
  post('/tokens/test', 'Ask upstream about a token', replies.Tested, legacy.LegacyTokenName, {
    token: TOKEN,
  }),
  post('/tokens/refresh-all', 'Read all figures anew', replies.Begun),
  get('/tokens/refresh-progress', 'See how that stands', replies.RefreshProgress),
  get('/keys', 'List keys', replies.Keys),
  post('/keys/add', 'Make a key', replies.NewKey, legacy.LegacyKeyAdd, { name: 'team' }),
  post('/keys/batch-add', 'Make many keys', replies.NewKeys, legacy.LegacyKeyBatchAdd, {
    name_prefix: 'team',
    count: 3,
  }),
  post('/keys/delete', 'Delete a key', replies.SoftlyTold, legacy.LegacyKeyName, { key: KEY }),
  post('/keys/batch-delete', 'Delete many keys', replies.KeysCounted, legacy.LegacyKeyNames, {
    keys: [KEY],
  }),
  post('/keys/status', 'Switch a key', replies.SoftlyTold, legacy.LegacyKeyStatus, {
    key: KEY,
    is_active: false,
  }),
  post('/keys/batch-status', 'Switch many keys', replies.KeysCounted, legacy.LegacyKeyStatuses, {
    keys: [KEY],
    is_active: 1,
  }),
  post('/keys/name', 'Rename a key', replies.SoftlyTold, legacy.LegacyKeyRename, {
    key: KEY,
    name: 'team',
  }),
  get('/stats', 'Count tokens', replies.Stats),
  get('/stats/remaining', 'Sum what is left', replies.Remaining),
  get('/request-stats', 'Read the figures of calls', replies.Requests),
  get('/logs', 'List calls by page', replies.Calls, legacy.LegacyLogQuery),
  {
    ...get('/logs', 'Delete the oldest calls', replies.Deleted, legacy.LegacyLogClear),
    method: 'delete',
  },
  get('/logs/models', 'List models that were called', replies.Models),
  get('/logs/stats', 'Sum the log', replies.LogSums),
  post('/logs/clear', 'Empty the log', replies.Deleted),
  post('/logs/add', 'Write a line into the audit log', replies.Written, legacy.LegacyLogAdd, {
    model: 'panel',
    status: 500,
    error: 'example',
  }),
  get('/cache/size', 'See what is cached', replies.CacheSize),
  get('/cache/list', 'List what is cached', replies.CacheList, legacy.LegacyCacheQuery),
  post('/cache/clear', 'Clear the cache', replies.CacheCleared, legacy.LegacyCacheClear, {
    type: 'image',
  }),
  post('/cache/clear/images', 'Clear pictures', replies.CacheCleared),
  post('/cache/clear/videos', 'Clear videos', replies.CacheCleared),
];
