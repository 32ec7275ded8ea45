import { openCall } from './call';
import type { Call, Stage } from './call';

/** A whole PNG of one pixel. */
const PNG = Uint8Array.fromBase64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
);
const PIECE_BYTES = 65_536;
const BIG_BYTES = 25 * 1_024 * 1_024;
const SLOW_MS = 60_000;

/** Plays a host that serves pictures, good ones and bad ones. Calls are recorded under its host name. */
export async function playImages(stage: Stage): Promise<Response> {
  const { url } = stage;
  const call = await openCall(stage, { credential: url.hostname });
  switch (url.pathname) {
    case '/ok.png':
      return call.answer(picture('image/png'));
    case '/unlabelled':
      return call.answer(picture('application/octet-stream'));
    case '/redirect':
      return call.answer(
        new Response(null, {
          status: 302,
          headers: { location: url.searchParams.get('to') ?? '/ok.png' },
        }),
      );
    case '/text':
      return call.answer(
        new Response('This is text.', { headers: { 'content-type': 'text/plain' } }),
      );
    case '/liar.png':
      return call.answer(
        new Response('This is text.', { headers: { 'content-type': 'image/png' } }),
      );
    case '/big':
      return call.stream(big(Number(url.searchParams.get('bytes') ?? BIG_BYTES)), 'image/png');
    case '/slow':
      return call.stream(slow(call, Number(url.searchParams.get('ms') ?? SLOW_MS)), 'image/png');
    default:
      return call.answer(new Response('Not Found', { status: 404 }));
  }
}

function picture(type: string): Response {
  return new Response(PNG, { headers: { 'content-type': type } });
}

/** A picture's beginning, then zeros, without a length announced. */
async function* big(bytes: number): AsyncGenerator<Uint8Array> {
  yield PNG;
  for (let sent = PNG.length; sent < bytes; sent += PIECE_BYTES) {
    yield new Uint8Array(Math.min(PIECE_BYTES, bytes - sent));
  }
}

async function* slow(call: Call, ms: number): AsyncGenerator<Uint8Array> {
  await call.wait(ms);
  yield PNG;
}
