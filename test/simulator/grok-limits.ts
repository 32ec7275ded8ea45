import * as z from 'zod';
import { openCall } from './call';
import type { GrokRequest } from './grok-request';
import { DEFAULT_QUOTA_UNITS, limitNameOf } from './grok-catalog';
import { badRequest, serverError } from './grok-refusals';
import { ledgerOf } from './ledger';
import { parsed } from './recording';

const Body = z.looseObject({ modelName: z.string(), requestKind: z.optional(z.string()) });

/** `POST /rest/rate-limits`: read from the true ledger. Old names need a `requestKind`; modes do not. */
export async function rateLimits(grok: GrokRequest): Promise<Response> {
  const { stage, credential, script, bodyText } = grok;
  const call = await openCall(stage, { credential, bodyText });
  if (script.has('noread')) return call.answer(serverError());
  const body = Body.safeParse(parsed(bodyText));
  if (!body.success) return call.answer(badRequest('modelName is required'));
  const { modelName, requestKind } = body.data;
  const name = limitNameOf(modelName);
  if (name === null) return call.answer(badRequest('Unknown model'));
  if (name.shape === 'tokens' && requestKind !== 'DEFAULT') {
    return call.answer(badRequest('requestKind is required'));
  }
  const { windowS } = script;
  const window = await ledgerOf(stage.env).read(credential, modelName, windowS);
  const total = script.quotaUnits ?? DEFAULT_QUOTA_UNITS;
  const budget = {
    total,
    left: Math.max(0, total - window.usedUnits),
    windowS,
    restS: window.restS,
  };
  await call.wait(script.slowReadMs);
  return call.answer(
    Response.json(name.shape === 'queries' ? queryLimits(budget) : tokenLimits(budget, name.cost)),
  );
}

interface Budget {
  readonly total: number;
  readonly left: number;
  readonly windowS: number;
  readonly restS: number;
}

/** The newer shape: queries of one mode. `waitTimeSeconds` only when there are none left. */
function queryLimits({ total, left, windowS, restS }: Budget) {
  return {
    windowSizeSeconds: windowS,
    remainingQueries: left,
    totalQueries: total,
    ...(left === 0 ? { waitTimeSeconds: restS } : {}),
    lowEffortRateLimits: null,
    highEffortRateLimits: null,
  };
}

/** The older shape: a budget of units, told also in calls of each effort. */
function tokenLimits({ total, left, windowS, restS }: Budget, cost: number) {
  const effort = (units: number) => ({
    cost: units,
    remainingQueries: Math.floor(left / units),
    waitTimeSeconds: left >= units ? 0 : restS,
  });
  return {
    windowSizeSeconds: windowS,
    remainingQueries: Math.floor(left / cost),
    totalQueries: Math.floor(total / cost),
    remainingTokens: left,
    totalTokens: total,
    lowEffortRateLimits: effort(1),
    highEffortRateLimits: effort(4),
  };
}
