import { Router } from 'itty-router';
import { type AdminRequest, requireAdmin } from '../../auth/admin';
import { AppError } from '../../errors';
import * as admins from './admins';
import * as audit from './audit';
import * as cache from './cache';
import * as cacheOnline from './cache-online';
import * as calls from './calls';
import * as config from './config';
import * as keys from './keys';
import * as logs from './logs';
import * as metrics from './metrics';
import * as models from './models';
import * as overview from './overview';
import * as sessions from './sessions';
import * as setup from './setup';
import * as stats from './stats';
import * as storage from './storage';
import * as tokenExport from './token-export';
import * as tokenImport from './token-import';
import * as tokenReadings from './token-readings';
import * as tokens from './tokens';
import * as verify from './verify';

/** The admin API. Above the guard stand the three routes that make or open the first door. */
export const adminRouter = Router<AdminRequest, [Env, ExecutionContext]>({ base: '/api/v1/admin' });

adminRouter
  .get('/setup', setup.show)
  .post('/setup', setup.perform)
  .post('/login', sessions.login)

  .all('*', requireAdmin)

  .post('/logout', sessions.logout)
  .post('/password', sessions.changePassword)
  .get('/session', sessions.current)
  .get('/sessions', sessions.list)
  .post('/sessions/revoke', sessions.revoke)
  .post('/sessions/revoke-others', sessions.revokeOthers)

  .get('/admins', admins.list)
  .post('/admins', admins.create)
  .post('/admins/update', admins.update)
  .post('/admins/delete', admins.remove)
  .get('/audit', audit.list)

  .get('/tokens', tokens.list)
  .post('/tokens', tokenImport.perform)
  .get('/tokens/tags', tokens.tags)
  .get('/tokens/assets', cacheOnline.listAssets)
  .post('/tokens/assets/delete', cacheOnline.deleteAssets)
  .get('/tokens/export', tokenExport.exportMatching)
  .post('/tokens/export', tokenExport.exportChosen)
  .post('/tokens/export-secrets', tokenExport.exportSecretTexts)
  .get('/tokens/:id', tokens.show)
  .post('/tokens/update', tokens.update)
  .post('/tokens/delete', tokens.remove)
  .post('/tokens/clear-cooldown', tokens.clearCooldown)
  .post('/tokens/refresh', tokenReadings.refresh)
  .post('/tokens/test', tokenReadings.test)

  .get('/keys', keys.list)
  .get('/keys/names', keys.names)
  .get('/keys/counts', keys.counts)
  .post('/keys', keys.create)
  .post('/keys/update', keys.update)
  .post('/keys/delete', keys.remove)
  .post('/keys/batch', keys.batch)

  .get('/cache', cacheOnline.show)
  .get('/cache/local', cache.local)
  .get('/cache/list', cache.list)
  .get('/cache/progress', cache.progress)
  .post('/cache/clear', cache.clear)
  .post('/cache/clear/cancel', cache.cancelClear)
  .post('/cache/item/delete', cache.removeItem)
  .post('/cache/online/clear', cacheOnline.clear)

  .get('/config', config.show)
  .post('/config', config.update)

  .get('/calls', calls.list)
  .get('/calls/stats', calls.stats)
  .get('/calls/export', calls.exportMatching)
  .get('/calls/:id', calls.show)
  .post('/calls/clear', calls.clear)
  .get('/stats', stats.show)
  .get('/stats/refusals', stats.refusals)
  .get('/models', models.list)
  .get('/overview', overview.show)
  .post('/breakers/close', overview.closeBreakers)
  .get('/metrics', metrics.show)
  .get('/verify', verify.show)
  .get('/logs/files', logs.files)
  .get('/logs/tail', logs.tail)
  .get('/storage', storage.show)

  .all('*', () => {
    throw new AppError('not_found', 'There is no admin route of this name.');
  });
