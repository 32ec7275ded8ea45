import { userIdOf } from './grok-user';
import { ledgerOf } from './ledger';
import type { SimulatorEnv } from './ledger';

/** Makes pictures of these ids readable to the account, now. */
export async function keepPictures(
  env: SimulatorEnv,
  credential: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const nowMs = Date.now();
  await ledgerOf(env).keepAssets(
    ids.map((id) => ({
      id,
      credential,
      kind: 'image',
      name: 'image.jpg',
      mime: 'image/jpeg',
      sizeBytes: 0,
      createdAt: nowMs,
      readyAt: nowMs,
    })),
  );
}

/** Makes a video readable to the account after `delayMs`. */
export async function keepVideo(
  env: SimulatorEnv,
  credential: string,
  id: string,
  delayMs: number,
): Promise<void> {
  const nowMs = Date.now();
  await ledgerOf(env).keepAssets([
    {
      id,
      credential,
      kind: 'video',
      name: 'generated_video.mp4',
      mime: 'video/mp4',
      sizeBytes: 0,
      createdAt: nowMs,
      readyAt: nowMs + delayMs,
    },
  ]);
}

/** Where the assets host has a generated file: a path without its leading slash. */
export function generatedUri(
  credential: string,
  id: string,
  name: 'image.jpg' | 'preview_image.jpg' | 'generated_video.mp4' | 'generated_video_hd.mp4',
): string {
  return `users/${userIdOf(credential)}/generated/${id}/${name}`;
}

/** The id of the account's asset at this absolute address; null when it can be none. */
export function assetIdAt(credential: string, address: string): string | null {
  const url = URL.parse(address);
  if (url?.hostname !== 'assets.grok.com') return null;
  const path = /^\/users\/([^/]+)\/(?:generated\/)?([^/]+)\/[^/]+$/.exec(url.pathname);
  return path?.[1] === userIdOf(credential) ? (path[2] ?? null) : null;
}
