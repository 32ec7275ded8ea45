import { providerSettings } from '../config';
import type { Settings } from '../contract/settings';
import { directEgress } from '../egress/direct';
import { open } from '../lib/seal';
import { findProvider } from '../providers/registry';
import type { ReadingDeps } from './read-quota';

/** What readings need, out of a Worker's `env`. */
export function readingDeps(env: Env, settings: Settings): ReadingDeps {
  const egress = directEgress(env.EGRESS);
  return {
    provider: findProvider,
    settings: (provider) => providerSettings(env, settings, provider),
    egress: () => egress,
    open: (tokenId, sealedSecret) => open(env, tokenId, sealedSecret),
    concurrency: settings.token.probe_concurrency,
  };
}
