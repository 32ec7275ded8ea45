import { Router } from 'itty-router';
import { type AdminRequest, requireAdmin } from '../../auth/admin';
import * as cache from './cache';
import * as keys from './keys';
import * as logs from './logs';
import * as session from './session';
import * as settings from './settings';
import * as stats from './stats';
import * as tokenReadings from './token-readings';
import * as tokens from './tokens';

/**
 * The paths of earlier panels under `/api/*`: other shapes over what the admin API does. The guard stands
 * at each route, so that an address which is none of them is told so without asking for a session.
 */
export const legacyRouter = Router<AdminRequest, [Env, ExecutionContext]>({ base: '/api' });

function guard(request: AdminRequest, env: Env, _ctx: ExecutionContext): Promise<void> {
  return requireAdmin(request, env);
}

legacyRouter
  .post('/login', session.login)
  .post('/logout', guard, session.logout)

  .get('/settings', guard, settings.show)
  .post('/settings', guard, settings.update)
  .get('/storage/mode', guard, settings.storageMode)

  .get('/tokens', guard, tokens.list)
  .post('/tokens/add', guard, tokens.add)
  .post('/tokens/delete', guard, tokens.remove)
  .post('/tokens/tags', guard, tokens.setTags)
  .get('/tokens/tags/all', guard, tokens.listTags)
  .post('/tokens/note', guard, tokens.setNote)
  .post('/tokens/test', guard, tokenReadings.test)
  .post('/tokens/refresh-all', guard, tokenReadings.refreshAll)
  .get('/tokens/refresh-progress', guard, tokenReadings.progress)

  .get('/keys', guard, keys.list)
  .post('/keys/add', guard, keys.add)
  .post('/keys/batch-add', guard, keys.batchAdd)
  .post('/keys/delete', guard, keys.remove)
  .post('/keys/batch-delete', guard, keys.batchRemove)
  .post('/keys/status', guard, keys.setStatus)
  .post('/keys/batch-status', guard, keys.batchStatus)
  .post('/keys/name', guard, keys.rename)

  .get('/stats', guard, stats.show)
  .get('/stats/remaining', guard, stats.remaining)
  .get('/request-stats', guard, stats.requests)

  .get('/logs', guard, logs.list)
  .delete('/logs', guard, logs.trim)
  .get('/logs/models', guard, logs.models)
  .get('/logs/stats', guard, logs.stats)
  .post('/logs/clear', guard, logs.clear)
  .post('/logs/add', guard, logs.add)

  .get('/cache/size', guard, cache.size)
  .get('/cache/list', guard, cache.list)
  .post('/cache/clear', guard, cache.clear)
  .post('/cache/clear/images', guard, cache.clearImages)
  .post('/cache/clear/videos', guard, cache.clearVideos);
