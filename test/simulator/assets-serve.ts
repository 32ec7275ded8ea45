import { CutHere } from './call';
import type { Call, Stage } from './call';
import { wantedOf } from './assets-range';
import type { AssetWords } from './assets-words';
import type { ByteSource } from './media-samples-film';

/** A file and how it is labelled. */
export interface ServedFile {
  readonly source: ByteSource;
  readonly mime: string;
  /** Quoted. */
  readonly etag: string;
}

const PIECE_BYTES = 65_536;
/** Up to here a file is sent in one piece. */
const WHOLE_BYTES = 262_144;
const LAST_MODIFIED = 'Sun, 01 Mar 2026 08:00:00 GMT';
const encoder = new TextEncoder();

/** Answers GET or HEAD with a file or a part of it, and as badly as the path's words ask. */
export async function serveFile(
  call: Call,
  { request }: Stage,
  file: ServedFile,
  words: AssetWords,
): Promise<Response> {
  await call.wait(words.slowMs);
  if (words.status !== null) {
    return call.answer(new Response(`Status ${words.status}`, { status: words.status }));
  }
  if (words.has('html')) return call.answer(text('<h1>Not a file</h1>', 'text/html'));
  if (words.has('svg')) {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    return call.answer(text(svg, 'image/svg+xml'));
  }
  const { source } = file;
  const headers = headersOf(file, words);
  if (request.headers.get('if-none-match') === file.etag) {
    return call.answer(new Response(null, { status: 304, headers }));
  }
  const wanted = wantedOf(rangeAsked(request.headers, file.etag), source.sizeBytes);
  if (wanted.kind === 'unsatisfiable') {
    headers.set('content-range', `bytes */${source.sizeBytes}`);
    return call.answer(new Response(null, { status: 416, headers }));
  }
  const { from, to } = wanted.kind === 'part' ? wanted : { from: 0, to: source.sizeBytes };
  const status = wanted.kind === 'part' ? 206 : 200;
  if (status === 206) {
    headers.set('content-range', `bytes ${from}-${to - 1}/${source.sizeBytes}`);
  }
  if (!words.has('nolength')) headers.set('content-length', String(to - from));
  if (request.method === 'HEAD') return call.answer(new Response(null, { status, headers }));
  const isWhole = to - from <= WHOLE_BYTES && !words.has('nolength') && !words.has('cutasset');
  if (isWhole) return call.answer(new Response(source.read(from, to), { status, headers }));
  const lengthBytes = words.has('nolength') ? null : to - from;
  return call.streamFile(pieces(source, from, to, words), { status, headers, lengthBytes });
}

/** A file nobody has: as the host says it. */
export function noSuchFile(status: 401 | 403 | 404): Response {
  return text(`Status ${status}`, 'text/plain', status);
}

/** The range, unless `If-Range` names another version. */
function rangeAsked(headers: Headers, etag: string): string | null {
  const ifRange = headers.get('if-range');
  const isSame = ifRange === null || ifRange === etag || ifRange === LAST_MODIFIED;
  return isSame ? headers.get('range') : null;
}

function headersOf({ mime, etag }: ServedFile, words: AssetWords): Headers {
  const headers = new Headers({
    'content-type': words.has('untyped') ? 'application/octet-stream' : mime,
    etag,
    'last-modified': LAST_MODIFIED,
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=3600',
  });
  if (words.has('cookie')) headers.set('set-cookie', 'tracker=1; Domain=grok.com; Path=/');
  return headers;
}

async function* pieces(
  source: ByteSource,
  from: number,
  to: number,
  words: AssetWords,
): AsyncGenerator<Uint8Array> {
  const cutAt = words.has('cutasset') ? from + (to - from) / 2 : Number.POSITIVE_INFINITY;
  for (let at = from; at < to; at += PIECE_BYTES) {
    if (at >= cutAt) throw new CutHere('Cut in the middle of the file.');
    yield source.read(at, Math.min(to, at + PIECE_BYTES));
  }
  if (cutAt < to) throw new CutHere('Cut before the end of the file.');
}

function text(body: string, type: string, status = 200): Response {
  return new Response(encoder.encode(body), { status, headers: { 'content-type': type } });
}
