import type * as z from 'zod';
import type { AdminRequest } from '../../auth/admin';
import { check, readJson } from '../../http/body';
import { insertAudit } from '../../store/audit';

/** Body limit of everything but imports. */
const MAX_BODY_BYTES = 2 * 1_048_576;

/** A JSON answer that nothing on the way may keep. */
export function reply(
  body: object,
  init: { status?: number; headers?: HeadersInit } = {},
): Response {
  const headers = new Headers(init.headers);
  headers.set('cache-control', 'no-store');
  return Response.json(body, { status: init.status ?? 200, headers });
}

/** @throws AppError `invalid_json`, `invalid_request` with the path, `body_too_large`. */
export function readBody<T extends z.ZodType>(request: Request, schema: T): Promise<z.infer<T>> {
  return readJson(request, schema, MAX_BODY_BYTES);
}

/** @throws AppError `invalid_request` with the parameter's name: paging that is no number is a 400. */
export function readQuery<T extends z.ZodType>(request: Request, schema: T): z.infer<T> {
  return check(schema, Object.fromEntries(new URL(request.url).searchParams));
}

/** A body written as it is read; a client that leaves ends the generator. */
export function streamed(lines: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}

/** Writes down a change: who, what, to what, from where. Never a secret. */
export function audit(
  request: AdminRequest,
  env: Env,
  action: string,
  target: string,
  detail = '',
): Promise<void> {
  const { username, ip } = request.admin;
  return insertAudit(env.DB, { at: Date.now(), admin: username, ip, action, target, detail });
}
