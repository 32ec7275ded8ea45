import type { Script } from './faults';
import { challenge, edgeLimit } from './grok-refusals';

/** `{"error": {...}}` as the compatible providers write it. */
export function errorBody(message: string, type: string, code: string | null = null) {
  return { error: { message, type, param: null, code } };
}

/** What a provider answers to any path for this key; null lets the request in. */
export function keyRefusal(key: string | null, script: Script): Response | null {
  if (script.has('challenge')) return challenge();
  if (script.has('e500')) return serverError();
  if (script.has('e503')) {
    return Response.json(errorBody('The server is overloaded', 'engine_overloaded_error'), {
      status: 503,
    });
  }
  if (key === null || script.has('unauthorized')) {
    // Providers do repeat the key's end here; a gateway must not.
    const message = `Authentication Fails, Your api key: ****${(key ?? '').slice(-4)} is invalid`;
    return Response.json(errorBody(message, 'authentication_error', 'invalid_request_error'), {
      status: 401,
    });
  }
  if (script.has('banned')) {
    return Response.json(
      errorBody('Your account has been suspended', 'permission_error', 'account_suspended'),
      { status: 403 },
    );
  }
  return null;
}

/** What a chat is answered before it is accepted; null lets it on. */
export function chatRefusal(script: Script): Response | null {
  if (script.has('limitedhtml')) return edgeLimit();
  if (script.has('limited')) return rateLimited(script.retryAfterS);
  if (script.has('nobalance')) {
    return Response.json(
      errorBody('Insufficient Balance', 'unknown_error', 'invalid_request_error'),
      { status: 402 },
    );
  }
  if (script.has('moderated')) {
    const message = 'The request was rejected because it was considered high risk';
    return Response.json(errorBody(message, 'content_filter'), { status: 400 });
  }
  return null;
}

export const RATE_LIMITED = errorBody(
  'Rate limit reached',
  'rate_limit_reached_error',
  'rate_limit_exceeded',
);
export const QUOTA_SPENT = errorBody(
  'You exceeded your current quota',
  'exceeded_current_quota_error',
  'insufficient_quota',
);
export const NOT_PERMITTED = errorBody('Request rejected', 'permission_denied_error');
export const BROKEN = errorBody('Internal server error', 'server_error');

export function rateLimited(retryAfterS: number | null): Response {
  const headers: Record<string, string> =
    retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) };
  return Response.json(RATE_LIMITED, { status: 429, headers });
}

export function badRequest(message: string): Response {
  return Response.json(errorBody(message, 'invalid_request_error', 'invalid_request_error'), {
    status: 400,
  });
}

export function serverError(): Response {
  return Response.json(BROKEN, { status: 500 });
}

export function unknownModel(model: string): Response {
  const message = `Not found the model ${model} or Permission denied`;
  return Response.json(errorBody(message, 'resource_not_found_error'), { status: 404 });
}

export function unknownPath(): Response {
  return Response.json(
    errorBody('The requested resource was not found', 'resource_not_found_error'),
    { status: 404 },
  );
}
