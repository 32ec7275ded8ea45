import { deleteMedia, findMedia, type MediaRow, touchMedia } from '../store/media';
import type { MediaDeps } from './deps';
import { KNOWN_MS, TOUCH_EVERY_MS } from './limits';
import { readParts } from './parts';
import type { Slice } from './range';

/** Objects as this isolate knows them, so that a hit reads the bytes and nothing else. */
const known = new Map<string, { readonly row: MediaRow; readonly knownAt: number }>();
const MAX_KNOWN = 2_000;

/**
 * What is cached under a name, whole and not expired; null otherwise.
 * @param fresh - asks the database whatever this isolate knows.
 */
export async function findCached(
  deps: MediaDeps,
  name: string,
  fresh = false,
): Promise<MediaRow | null> {
  const now = deps.now();
  const entry = fresh ? undefined : known.get(name);
  const isKnown = entry !== undefined && now - entry.knownAt < KNOWN_MS;
  const row = isKnown ? entry.row : await findMedia(deps.db, name);
  if (row === null || row.etag === '' || row.expiresAt <= now) {
    forgetCached(name);
    return null;
  }
  if (!isKnown) rememberCached(row, now);
  return row;
}

/** @returns a stream that knows its length; null when the bytes are no longer there. */
export async function openCached(
  deps: MediaDeps,
  row: MediaRow,
  slice: Slice = { offset: 0, length: row.sizeBytes },
): Promise<ReadableStream<Uint8Array> | null> {
  const body =
    row.place === 'kv'
      ? await readParts(deps.kv, row, slice, () => lose(deps, row))
      : await readFile(deps, row, slice);
  if (body === null) forgetCached(row.name);
  else touch(deps, row);
  return body;
}

/** One writes and the others read: whoever has stored an object lets its isolate know. */
export function rememberCached(row: MediaRow, now: number): void {
  known.delete(row.name);
  known.set(row.name, { row, knownAt: now });
  if (known.size <= MAX_KNOWN) return;
  // A Map yields its oldest entry first.
  for (const oldest of known.keys()) {
    known.delete(oldest);
    break;
  }
}

export function forgetCached(name: string): void {
  known.delete(name);
}

/** Some of its bytes are gone: without its row the next reader fills it anew. */
function lose(deps: MediaDeps, row: MediaRow): void {
  forgetCached(row.name);
  deps.waitUntil(deleteMedia(deps.db, row).catch(() => undefined));
}

async function readFile(
  { files }: MediaDeps,
  row: MediaRow,
  slice: Slice,
): Promise<ReadableStream<Uint8Array> | null> {
  const object = await files?.get(row.name, slice.length === 0 ? {} : { range: slice });
  // Another fill may have written it anew since the row was read.
  if (object?.customMetadata?.['etag'] === row.etag) return object.body;
  await object?.body.cancel();
  return null;
}

/** Writes down, once an hour, that an object is in use. */
function touch(deps: MediaDeps, row: MediaRow): void {
  const now = deps.now();
  if (now - row.readAt < TOUCH_EVERY_MS) return;
  rememberCached({ ...row, readAt: now }, now);
  deps.waitUntil(touchMedia(deps.db, row.name, now).catch(() => undefined));
}
