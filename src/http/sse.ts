import type { AppError } from '../errors';

/** Said when the head had to leave before the first part. */
export const SSE_OK = ': ok\n\n';
/** Said in silence, so that nobody between us and the client hangs up. */
export const SSE_BEAT = ': beat\n\n';
export const SSE_DONE = 'data: [DONE]\n\n';

/** Headers of a streamed answer. Buffering proxies are asked not to. */
export const SSE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

/** A failure after the head: the usual envelope, then the stream ends without `[DONE]`. */
export function sseError(error: AppError): string {
  return `data: ${JSON.stringify(error.body())}\n\n`;
}

/** One named event with a JSON value. */
export function sseEvent(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
