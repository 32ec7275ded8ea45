import type * as z from 'zod';
import type { ErrorCode } from '../../contract/errors';
import { AppError } from '../../errors';
import { check } from '../../http/body';
import { readBody, reply } from '../admin/io';

/** The answer of the older paths: `{success: true, …}`. */
export function done(fields: object = {}): Response {
  return reply({ success: true, ...fields });
}

/** What went wrong without being an error to older clients: 200 `{success: false, message, …}`. */
export function failed(message: string, fields: object = {}): Response {
  return reply({ success: false, message, ...fields });
}

/** Runs a handler; failures of these codes are answered softly, all others keep the envelope. */
export async function softly(
  codes: readonly ErrorCode[],
  handle: () => Promise<Response>,
): Promise<Response> {
  try {
    return await handle();
  } catch (thrown) {
    if (thrown instanceof AppError && codes.includes(thrown.code)) return failed(thrown.message);
    throw thrown;
  }
}

/** As `readBody`, where older clients may send none. */
export async function readOptional<T extends z.ZodType>(
  request: Request,
  schema: T,
): Promise<z.infer<T>> {
  if (request.body === null || request.headers.get('content-length') === '0') {
    return check(schema, {});
  }
  return readBody(request, schema);
}
