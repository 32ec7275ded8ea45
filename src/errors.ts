import { ERRORS, type ErrorBody, type ErrorCode } from './contract/errors';
import { MissingSecretError } from './lib/missing-secret';

/** What an `AppError` may carry besides its code and its sentence. */
export interface ErrorDetail {
  /** Path of the offending field, such as `messages.0.content`. */
  readonly param?: string;
  /** Whole seconds until the same request can succeed; becomes `Retry-After`. */
  readonly retryAfterS?: number;
  /** Further response headers, such as `x-ratelimit-*`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log; never reaches the caller. */
  readonly cause?: unknown;
}

/** A failure with a public face. Anything else that is thrown becomes `internal`. */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly detail: ErrorDetail = {},
  ) {
    super(message, { cause: detail.cause });
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  body(): ErrorBody {
    const { status, type } = ERRORS[this.code];
    return {
      error: {
        message: this.message,
        type,
        code: this.code,
        param: this.detail.param ?? null,
        status,
      },
    };
  }
}

/** Where an image stands in a request. */
export interface ImagePlace {
  /** Field of the request, for an error that names none. */
  readonly param: string;
  readonly index: number;
  /** Of all images. */
  readonly count: number;
}

/** Says which image a failure is about; what is no `AppError` stays as it is. */
export function aboutImage(thrown: unknown, { param, index, count }: ImagePlace): unknown {
  if (!(thrown instanceof AppError)) return thrown;
  const { code, message, detail } = thrown;
  const said = message.charAt(0).toLowerCase() + message.slice(1);
  const full = count < 2 ? message : `Image ${index + 1} of ${count}: ${said}`;
  return new AppError(code, full, { param, ...detail });
}

/** Above this, a client that retries by itself only adds load: it is told not to. */
const MAX_SELF_RETRY_S = 60;

/** Turns whatever was thrown into something that may be shown. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof MissingSecretError) return new AppError('missing_secret', thrown.message);
  return new AppError('internal', 'The gateway failed to handle this request.', { cause: thrown });
}

/** The JSON answer for a failure, with `Retry-After` and the hint that stops SDK retries. */
export function errorResponse(error: AppError): Response {
  const headers = new Headers(error.detail.headers);
  const { retryAfterS } = error.detail;
  if (retryAfterS !== undefined) {
    headers.set('retry-after', String(retryAfterS));
    if (retryAfterS > MAX_SELF_RETRY_S) headers.set('x-should-retry', 'false');
  }
  if (error.status === 401) headers.set('www-authenticate', 'Bearer');
  return Response.json(error.body(), { status: error.status, headers });
}
