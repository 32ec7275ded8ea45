import type { MediaAsset } from './asset';
import type { MediaDeps } from './deps';
import { fillIfIdle } from './fill';
import { answer, type Facts, headersOf, type LinkFacts, onlyForGet } from './headers';
import { MAX_OBJECT_BYTES } from './limits';
import { askedRange, isNotModified, mayAnswerRange, type RangeSpec } from './range';
import { mediaType } from './types';
import { openUpstream, type UpstreamMedia } from './upstream';
import { etagOf } from './write';

/** Answers straight from upstream: what cannot be cached, and ranges of what is not cached yet. */

export interface Wanted {
  readonly asset: MediaAsset;
  readonly name: string;
}

/** Whatever was asked for. */
export async function serveThrough(
  deps: MediaDeps,
  request: Request,
  wanted: Wanted,
  link: LinkFacts,
): Promise<Response> {
  const range = askedRange(request.method, request.headers);
  if (range !== null) return serveRangeThrough(deps, request, { ...wanted, range }, link);
  const upstream = await openUpstream(deps, wanted.asset, null);
  return serveWholeThrough(deps, request, { ...wanted, upstream }, link);
}

export async function serveRangeThrough(
  deps: MediaDeps,
  request: Request,
  { asset, name, range }: Wanted & { readonly range: RangeSpec },
  link: LinkFacts,
): Promise<Response> {
  const part = await openUpstream(deps, asset, range);
  const facts = await factsOf({ asset, name }, part);
  if (!mayAnswerRange(request.headers, facts)) {
    await part.body.cancel();
    const upstream = await openUpstream(deps, asset, null);
    return serveWholeThrough(deps, request, { asset, name, upstream }, link);
  }
  fillBeside(deps, asset, part.sizeBytes);
  if (isNotModified(request.headers, facts)) {
    await part.body.cancel();
    return answer(deps, 304, headersOf(facts, link), null);
  }
  return answer(
    deps,
    part.slice === null ? 200 : 206,
    headersOf(facts, link, part.slice),
    part.body,
  );
}

export async function serveWholeThrough(
  deps: MediaDeps,
  request: Request,
  { upstream, ...wanted }: Wanted & { readonly upstream: UpstreamMedia },
  link: LinkFacts,
): Promise<Response> {
  const facts = await factsOf(wanted, upstream);
  if (isNotModified(request.headers, facts)) {
    await upstream.body.cancel();
    return answer(deps, 304, headersOf(facts, link), null);
  }
  return answer(deps, 200, headersOf(facts, link), onlyForGet(request, upstream.body));
}

async function factsOf({ asset, name }: Wanted, upstream: UpstreamMedia): Promise<Facts> {
  const { sizeBytes, contentType, validator } = upstream;
  return {
    contentType: mediaType(asset.kind, contentType, new Uint8Array()),
    sizeBytes,
    etag: await etagOf(name, sizeBytes, validator),
    modifiedAt: null,
    expiresAt: null,
  };
}

/** Fills the cache in the background, unless another does or the object is too large for it. */
function fillBeside(deps: MediaDeps, asset: MediaAsset, sizeBytes: number | null): void {
  const maxBytes = deps.files === null ? deps.kvMaxBytes : MAX_OBJECT_BYTES;
  if (sizeBytes === null || sizeBytes > maxBytes) return;
  deps.waitUntil(fillIfIdle(deps, asset).catch(() => undefined));
}
