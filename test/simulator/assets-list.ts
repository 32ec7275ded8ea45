import { generatedUri } from './assets-made';
import { openCall } from './call';
import { badRequest, unknownPath } from './grok-refusals';
import type { GrokRequest } from './grok-request';
import { ledgerOf } from './ledger';
import type { Asset } from './ledger-assets';
import { fileUriOf } from './uploads';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 100;
const TOKEN_PREFIX = 'page.';

/** `GET /rest/assets`: uploads and generated files of the account, the newest first. */
export async function listAssets(grok: GrokRequest): Promise<Response> {
  const { stage, credential } = grok;
  const call = await openCall(stage, { credential });
  const query = stage.url.searchParams;
  const size = Number(query.get('pageSize') ?? DEFAULT_PAGE);
  const token = query.get('pageToken') ?? '';
  const beforeSeq = token === '' ? null : Number(token.slice(TOKEN_PREFIX.length));
  const isGood = Number.isInteger(size) && size > 0 && size <= LARGEST_PAGE;
  if (!isGood || (beforeSeq !== null && !Number.isInteger(beforeSeq))) {
    return call.answer(badRequest('Invalid page'));
  }
  const { assets, nextSeq } = await ledgerOf(stage.env).assets(credential, size, beforeSeq);
  const nextPageToken = nextSeq === null ? '' : `${TOKEN_PREFIX}${nextSeq}`;
  return call.answer(Response.json({ assets: assets.map(listed), nextPageToken }));
}

/** `DELETE /rest/assets-metadata/{assetId}`. */
export async function deleteAsset(grok: GrokRequest): Promise<Response> {
  const { stage, credential } = grok;
  const call = await openCall(stage, { credential });
  const id = stage.url.pathname.split('/').at(-1) ?? '';
  const isDeleted = await ledgerOf(stage.env).deleteAsset(credential, id);
  return call.answer(isDeleted ? Response.json({}) : unknownPath());
}

function listed({ id, credential, kind, name, mime, sizeBytes, createdAt }: Asset) {
  const createTime = new Date(createdAt).toISOString();
  return {
    assetId: id,
    name,
    mimeType: mime,
    sizeBytes,
    createTime,
    lastUseTime: createTime,
    key: keyOf(credential, id, kind),
  };
}

function keyOf(credential: string, id: string, kind: Asset['kind']): string {
  switch (kind) {
    case 'upload':
      return fileUriOf(credential, id);
    case 'image':
      return generatedUri(credential, id, 'image.jpg');
    case 'video':
      return generatedUri(credential, id, 'generated_video.mp4');
  }
}
