import { playBackend } from './backend';
import { ClientGone } from './call';
import type { Stage } from './call';
import { control } from './control';
import { forward } from './forward';
import { playGrokAssets, playImaginePublic } from './assets';
import { playGrok } from './grok';
import { playImages } from './images';
import type { SimulatorEnv } from './ledger';
import { playOpenAi } from './openai';
import { OPENAI_HOSTS } from './openai-models';

export { Ledger } from './ledger';

const PLAYS: ReadonlyMap<string, (stage: Stage) => Promise<Response>> = new Map([
  ['grok.com', playGrok],
  ['assets.grok.com', playGrokAssets],
  ['imagine-public.x.ai', playImaginePublic],
  ['backend.test', playBackend],
  ['images.test', playImages],
  ['simulator.local', control],
  ...OPENAI_HOSTS.map((host) => [host, playOpenAi] as const),
]);

/** Plays the upstreams by host name; what it does not play is forwarded as it is. */
export default {
  async fetch(request, env, ctx): Promise<Response> {
    const asked = new URL(request.url);
    const url = playedUrl(asked);
    const play = PLAYS.get(url.hostname);
    const isLeftOut =
      url === asked && env.UNPLAYED_HOSTS?.split(' ').includes(url.hostname) === true;
    if (play === undefined || isLeftOut) {
      return url === asked ? forward(request) : new Response('No such host here', { status: 404 });
    }
    try {
      return await play({ env, ctx, request, url });
    } catch (error) {
      if (error instanceof ClientGone) return new Response(null, { status: 499 });
      throw error;
    }
  },
} satisfies ExportedHandler<SimulatorEnv>;

/** `/__host/<hostname>/…` and `/__control/…` on any origin stand for another address. */
function playedUrl(url: URL): URL {
  const host = /^\/__host\/([^/]+)(\/.*)?$/.exec(url.pathname);
  if (host !== null) return new URL(`https://${host[1] ?? ''}${host[2] ?? '/'}${url.search}`);
  const path = /^\/__control(\/.*)$/.exec(url.pathname);
  return path === null ? url : new URL(`https://simulator.local${path[1] ?? '/'}${url.search}`);
}
