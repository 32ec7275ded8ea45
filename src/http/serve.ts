import { AppError, errorResponse, toAppError } from '../errors';
import { logError } from '../lib/log';
import { allowAnyOrigin, ANY_ORIGIN } from './cors';
import { JsonReply } from './reply';

const REQUEST_ID = 'x-request-id';

const UNMIGRATED = /no such table/i;
const MIGRATE = 'npx wrangler d1 migrations apply DB --remote';

/**
 * Turns whatever a handler did into a response: the one place where a failure becomes an answer.
 * What nobody foresaw is logged with its cause and told without it.
 *
 * @param isForAnyPage - whether pages of any origin may read what every response of this path says,
 *   errors included.
 */
export async function serve(
  requestId: string,
  handle: () => Promise<Response | JsonReply>,
  isForAnyPage = false,
): Promise<Response> {
  let response: Response;
  try {
    const answer = await handle();
    if (answer instanceof JsonReply) {
      return answer.toResponse({ [REQUEST_ID]: requestId, ...(isForAnyPage ? ANY_ORIGIN : {}) });
    }
    response = answer;
  } catch (thrown) {
    const error = toPublic(thrown);
    if (error.code === 'internal' && !hasLeft(error)) {
      logError('request_failed', { requestId, cause: error.detail.cause });
    }
    response = errorResponse(error);
  }
  return withHeaders(response, (headers) => {
    headers.set(REQUEST_ID, requestId);
    if (isForAnyPage) allowAnyOrigin(headers);
  });
}

/** A fresh account whose database has no tables yet is told what to do about it. */
function toPublic(thrown: unknown): AppError {
  const error = toAppError(thrown);
  const cause = error.detail.cause ?? thrown;
  if (error.code !== 'internal' || !(cause instanceof Error) || !UNMIGRATED.test(cause.message)) {
    return error;
  }
  return new AppError('not_migrated', `The database has no tables yet: run "${MIGRATE}".`, {
    cause,
  });
}

/** A client that left hears nothing, and nothing is wrong. */
function hasLeft({ detail: { cause } }: AppError): boolean {
  return cause instanceof Error && cause.name === 'ClientLeft';
}

/** Responses that come from elsewhere, such as assets, have headers that cannot be changed. */
function withHeaders(response: Response, change: (headers: Headers) => void): Response {
  try {
    change(response.headers);
    return response;
  } catch {
    const copy = new Response(response.body, response);
    change(copy.headers);
    return copy;
  }
}
