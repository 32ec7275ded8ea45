import * as z from 'zod';
import * as legacy from '../../src/contract/legacy';
import { Login } from '../../src/contract/sessions';
import { BODY } from './errors';
import { type Body, json, type Operation } from './operation';

/** Every answer of the older paths: what is soft there is 200 with `success: false`. */
const Answer = z
  .looseObject({
    success: z.boolean(),
    message: z.optional(z.string()),
    data: z.optional(z.unknown()),
  })
  .meta({ id: 'OlderAnswer' });

const TOKEN = 'tok_01K00000000000000000000000';
const KEY = 'key_01K00000000000000000000000';

const get = (path: string, summary: string, query?: z.ZodObject): Operation => ({
  method: 'get',
  path: `/api${path}`,
  group: 'Older paths',
  summary,
  by: 'session',
  replies: json('`{success, data}`', Answer),
  ...(query === undefined ? {} : { query, errors: ['invalid_request'] }),
});

const post = (path: string, summary: string, schema?: z.ZodType, example?: unknown): Operation => {
  const body: Body | null = schema === undefined ? null : { json: schema, examples: { example } };
  return {
    ...get(path, summary),
    method: 'post',
    replies: json('`{success, message, …}`', Answer),
    ...(body === null ? {} : { body, errors: [...BODY, 'masked_identifier', 'stale_version'] }),
  };
};

/** The paths of earlier panels, over the same use cases as the admin API. */
export const LEGACY: readonly Operation[] = [
  {
    ...post('/login', 'Sign in', Login, { username: 'admin', password: 'correct horse battery' }),
    by: 'nothing',
    errors: [...BODY, 'too_many_attempts', 'origin_not_allowed', 'not_set_up'],
  },
  post('/logout', 'Sign out'),
  get('/settings', 'Read the settings'),
  post('/settings', 'Edit the settings', legacy.LegacySettings, {
    grok_config: { temporary: true },
  }),
  get('/storage/mode', 'Ask where lists are kept'),
  get('/tokens', 'List tokens by page', legacy.LegacyTokenQuery),
  post('/tokens/add', 'Add tokens', legacy.LegacyTokenAdd, {
    tokens: ['sso=example-token-one'],
    token_type: 'sso',
  }),
  post('/tokens/delete', 'Delete tokens', legacy.LegacyTokenNames, { tokens: [TOKEN] }),
  post('/tokens/tags', 'Set the tags of a token', legacy.LegacyTags, {
    token: TOKEN,
    tags: ['vip'],
  }),
  post('/tokens/note', 'Set the note of a token', legacy.LegacyNote, { token: TOKEN, note: 'n' }),
  get('/tokens/tags/all', 'List all tags'),
  post('/tokens/test', 'Ask upstream about a token', legacy.LegacyTokenName, { token: TOKEN }),
  post('/tokens/refresh-all', 'Read all figures anew'),
  get('/tokens/refresh-progress', 'See how that stands'),
  get('/keys', 'List keys'),
  post('/keys/add', 'Make a key', legacy.LegacyKeyAdd, { name: 'team' }),
  post('/keys/batch-add', 'Make many keys', legacy.LegacyKeyBatchAdd, {
    name_prefix: 'team',
    count: 3,
  }),
  post('/keys/delete', 'Delete a key', legacy.LegacyKeyName, { key: KEY }),
  post('/keys/batch-delete', 'Delete many keys', legacy.LegacyKeyNames, { keys: [KEY] }),
  post('/keys/status', 'Switch a key', legacy.LegacyKeyStatus, { key: KEY, is_active: false }),
  post('/keys/batch-status', 'Switch many keys', legacy.LegacyKeyStatuses, {
    keys: [KEY],
    is_active: 1,
  }),
  post('/keys/name', 'Rename a key', legacy.LegacyKeyRename, { key: KEY, name: 'team' }),
  get('/stats', 'Count tokens'),
  get('/stats/remaining', 'Sum what is left'),
  get('/request-stats', 'Read the figures of calls'),
  get('/logs', 'List calls by page', legacy.LegacyLogQuery),
  { ...get('/logs', 'Delete the oldest calls', legacy.LegacyLogClear), method: 'delete' },
  get('/logs/models', 'List models that were called'),
  get('/logs/stats', 'Sum the log'),
  post('/logs/clear', 'Empty the log'),
  post('/logs/add', 'Write a line into the audit log', legacy.LegacyLogAdd, {
    model: 'panel',
    status: 500,
    error: 'example',
  }),
  get('/cache/size', 'See what is cached'),
  get('/cache/list', 'List what is cached', legacy.LegacyCacheQuery),
  post('/cache/clear', 'Clear the cache', legacy.LegacyCacheClear, { type: 'image' }),
  post('/cache/clear/images', 'Clear pictures'),
  post('/cache/clear/videos', 'Clear videos'),
];
