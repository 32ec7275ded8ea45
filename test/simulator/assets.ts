import { openCall } from './call';
import type { Stage } from './call';
import { noSuchFile, serveFile } from './assets-serve';
import type { ServedFile } from './assets-serve';
import { assetWordsOf } from './assets-words';
import type { AssetWords } from './assets-words';
import { scriptOf } from './faults';
import { gateRefusal } from './grok-refusals';
import { isUuid, userIdOf } from './grok-user';
import { ledgerOf } from './ledger';
import { PNG } from './media-samples';
import { bytesSource, filmOf, jpegOf, paddedSource, spreadFilm } from './media-samples-film';
import type { ByteSource } from './media-samples-film';
import { cookiesOf } from './recording';
import { readUpload } from './uploads';

const GENERATED =
  /^\/users\/([^/]+)\/generated\/(.+)\/(image\.jpg|preview_image\.jpg|generated_video(?:_hd)?\.mp4)$/;
const UPLOADED = /^\/users\/([^/]+)\/(.+)\/content$/;
const PUBLIC = /^\/imagine-public\/images\/(.+)\.(jpg|png)$/;
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Plays assets.grok.com: an account's files, to the account itself. */
export async function playGrokAssets(stage: Stage): Promise<Response> {
  const { request, url } = stage;
  const credential = cookiesOf(request.headers).get('sso') ?? '';
  const call = await openCall(stage, { credential });
  const gate = gateRefusal(credential, scriptOf(credential), request.headers, false);
  if (gate !== null) return call.answer(gate);
  if (!READING.has(request.method)) return call.answer(noSuchFile(404));
  if (scriptOf(credential).has('noassets')) {
    return call.answer(new Response('Status 503', { status: 503 }));
  }
  const words = assetWordsOf(url.pathname);
  const file = await privateFile(stage, credential, words);
  return typeof file === 'number'
    ? call.answer(noSuchFile(file))
    : serveFile(call, stage, file, words);
}

/** Plays imagine-public.x.ai: pictures of the Imagine socket, to anybody. Every id is there. */
export async function playImaginePublic(stage: Stage): Promise<Response> {
  const { request, url } = stage;
  const credential = cookiesOf(request.headers).get('sso') ?? url.hostname;
  const call = await openCall(stage, { credential });
  const [, id, ending] = PUBLIC.exec(url.pathname) ?? [];
  if (id === undefined || !READING.has(request.method)) return call.answer(noSuchFile(404));
  const words = assetWordsOf(url.pathname);
  const mime = ending === 'png' ? 'image/png' : 'image/jpeg';
  const bytes = ending === 'png' ? PNG : jpegOf(id);
  return serveFile(call, stage, { source: sized(bytes, words), mime, etag: `"${id}"` }, words);
}

/** The file at a path of the account, or the status that tells why not. */
async function privateFile(
  { env, url }: Stage,
  credential: string,
  words: AssetWords,
): Promise<ServedFile | 403 | 404> {
  const generated = GENERATED.exec(url.pathname);
  const uploaded = generated === null ? UPLOADED.exec(url.pathname) : null;
  const [, userId, id = '', name = ''] = generated ?? uploaded ?? [];
  if (userId === undefined) return 404;
  if (userId !== userIdOf(credential)) return 403;
  const assetId = id.split('/')[0]?.replace(/-part-\d+$/, '') ?? '';
  // Ids that the site has never given are there for tests that want a file without asking for it.
  if (isUuid(assetId)) {
    const state = await ledgerOf(env).assetState(credential, assetId);
    if (state !== 'ready') return state === 'foreign' ? 403 : 404;
  }
  if (generated !== null) return generatedFile(id, name, words);
  const upload = await readUpload(env, assetId);
  if (upload === null) return 404;
  const bytes = new Uint8Array(upload.bytes);
  return { source: sized(bytes, words), mime: upload.mime, etag: `"${assetId}"` };
}

function generatedFile(id: string, name: string, words: AssetWords): ServedFile {
  const etag = `"${id}/${name}"`;
  if (!name.endsWith('.mp4')) {
    return { source: sized(jpegOf(`${id}/${name}`), words), mime: 'image/jpeg', etag };
  }
  const source = words.bigBytes === null ? filmOf(`${id}/${name}`) : spreadFilm(words.bigBytes);
  return { source, mime: 'video/mp4', etag };
}

/** The bytes, or a file of the asked size that begins with them. */
function sized(bytes: Uint8Array<ArrayBuffer>, words: AssetWords): ByteSource {
  return words.bigBytes === null ? bytesSource(bytes) : paddedSource(bytes, words.bigBytes);
}
