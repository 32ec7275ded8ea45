import { env } from 'cloudflare:workers';
import { DEFAULT_SETTINGS, type Settings } from '../../src/contract/settings';
import { newId } from '../../src/lib/ids';
import { fingerprint, mask, seal } from '../../src/lib/seal';
import { type MediaDeps, mediaDeps } from '../../src/media/deps';
import { poolStub } from '../../src/pool/stub';
import { userIdOf } from '../simulator/grok-user';

export const BASE = 'https://gw.test';

export const pool = () => poolStub(env);

/** A credential of its own and the folder of its account upstream. */
export interface Account {
  readonly tokenId: string;
  readonly secret: string;
  /** Address of a picture of the account; words in the id tell the simulator how to behave. */
  picture(id: string): string;
  film(id: string): string;
}

export async function newAccount(words = 'plain'): Promise<Account> {
  const tokenId = newId('tok');
  const secret = `${words}-${tokenId.slice(4).toLowerCase()}`;
  await pool().importTokens([
    {
      id: tokenId,
      provider: 'grok-web',
      tier: 'basic',
      sealedSecret: await seal(env, tokenId, secret),
      fingerprint: await fingerprint(env, secret),
      mask: mask(secret),
    },
  ]);
  const folder = `https://assets.grok.com/users/${userIdOf(secret)}/generated`;
  return {
    tokenId,
    secret,
    picture: (id) => `${folder}/${id}/image.jpg`,
    film: (id) => `${folder}/${id}/generated_video.mp4`,
  };
}

/** Deps whose background work is waited for with `settled`. */
export function testDeps(
  change: Partial<MediaDeps> = {},
  media: Partial<Settings['media']> = {},
): MediaDeps & { settled(): Promise<void> } {
  const work: Promise<unknown>[] = [];
  const settings = { ...DEFAULT_SETTINGS, media: { ...DEFAULT_SETTINGS.media, ...media } };
  const waitUntil = (promise: Promise<unknown>): void => void work.push(promise);
  return {
    ...mediaDeps(env, waitUntil, settings, `${BASE}/v1/chat/completions`),
    ...change,
    async settled() {
      while (work.length > 0) await Promise.all(work.splice(0));
    },
  };
}

export interface UpstreamCall {
  readonly path: string;
  readonly headers: { readonly values: Readonly<Record<string, string>> };
  readonly ended: string;
}

/** Calls that the simulator saw on this credential: method, path, range. */
export async function upstreamCalls(credential: string): Promise<UpstreamCall[]> {
  const query = new URLSearchParams({ credential, limit: '200' });
  const response = await env.EGRESS?.fetch(`https://simulator.local/calls?${query.toString()}`);
  const body = await response?.json<{ calls: UpstreamCall[] }>();
  return body?.calls ?? [];
}
