import { ProviderError, type AccountCall, type VideoPart } from '../../provider';
import { egressFault, httpFault } from '../faults';
import { userIdFor } from '../gateway/user-id';
import { restHeaders } from '../headers';
import { ASSETS } from './asset-url';

const ASSETS_HOST = new URL(ASSETS).host;
/** What of a reader's own headers upstream is told. */
const PASSED = [
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
] as const;
/** Headers of a REST call that a download has not. */
const NOT_SENT = [
  'content-type',
  'origin',
  'priority',
  'x-xai-request-id',
  'x-statsig-id',
] as const;

/**
 * Reads a file. Only the assets host is told who asks; any other host gets no cookie (D-27). The answer
 * comes as it is: status, redirect and all.
 *
 * @param url absolute https; which hosts are read at all is for the caller to say.
 * @throws ProviderError when no answer came.
 */
export async function fetchAsset(
  call: AccountCall,
  url: string,
  headers: Headers,
): Promise<Response> {
  const target = URL.parse(url);
  if (target?.protocol !== 'https:' || target.username !== '' || target.password !== '') {
    throw refusal();
  }
  const isOwn = target.host === ASSETS_HOST;
  const sent = isOwn ? ownHeaders(call) : publicHeaders(call);
  for (const name of PASSED) {
    const value = headers.get(name);
    if (value !== null) sent.set(name, value);
  }
  const { settings, egress, signal } = call;
  const address = isOwn ? `${settings.assetsUrl}${target.pathname}${target.search}` : target.href;
  return egress
    .fetch(address, { method: 'GET', redirect: 'manual', headers: sent, signal })
    .catch((thrown: unknown) => {
      throw egressFault(thrown, signal);
    });
}

/** Looks for the file of a video that was submitted earlier; null while it is not there. @throws ProviderError */
export async function findVideo(
  call: AccountCall,
  { videoId }: { readonly videoId: string },
): Promise<VideoPart | null> {
  const userId = await userIdFor(call);
  const folder = `${ASSETS}/users/${userId}/generated/${encodeURIComponent(videoId)}`;
  const url = `${folder}/generated_video.mp4`;
  const response = await fetchAsset(call, url, new Headers({ range: 'bytes=0-0' }));
  const isThere = response.status === 200 || response.status === 206;
  const isPage = (response.headers.get('content-type') ?? '').includes('text/html');
  // An empty file has no first byte: it is not there yet.
  const isAbsent = [404, 410, 416].includes(response.status);
  if (!isAbsent && (!isThere || isPage)) throw await httpFault(response, Date.now());
  await response.body?.cancel().catch(() => undefined);
  return isThere ? { type: 'video', url, posterUrl: `${folder}/preview_image.jpg` } : null;
}

/** As a browser opens a file of the account that it is signed in to. */
function ownHeaders({ secret, settings }: AccountCall): Headers {
  const headers = new Headers(restHeaders(secret, settings, false));
  for (const name of NOT_SENT) headers.delete(name);
  headers.set('accept', 'text/html,application/xhtml+xml,image/avif,image/webp,*/*;q=0.8');
  headers.set('sec-fetch-dest', 'document');
  headers.set('sec-fetch-mode', 'navigate');
  headers.set('sec-fetch-site', 'same-site');
  headers.set('sec-fetch-user', '?1');
  headers.set('upgrade-insecure-requests', '1');
  return headers;
}

function publicHeaders(call: AccountCall): Headers {
  const headers = ownHeaders(call);
  headers.delete('cookie');
  headers.delete('referer');
  headers.set('sec-fetch-site', 'cross-site');
  return headers;
}

function refusal(): ProviderError {
  return new ProviderError('The file has no usable address.', 'refused', 'upstream_refused', {
    retryable: false,
    reason: 'unusable asset address',
  });
}
