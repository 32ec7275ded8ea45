import { fingerprint, mask, seal, type SealEnv } from '../lib/seal';
import type { ProviderId } from '../models/model-spec';
import { PROVIDER_IDS, secretNameOf, type SecretName } from '../providers/registry';
import { type Connect, callPool } from '../pool/client';
import type { NewToken } from '../pool/token';

/** Secrets of the Worker that are credentials. */
export type EnvSecrets = SealEnv & Pick<Env, SecretName>;

/** What this isolate has handed over, by provider: a changed secret comes with a new isolate. */
const imported = new Set<ProviderId>();

/**
 * Makes the credential that a Worker secret holds known to the pool, once an isolate. Importing again
 * replaces it, because its id and its source stay the same.
 * @throws MissingSecretError without `CREDENTIAL_KEY`; `pool_overloaded`.
 */
export async function importEnvToken(
  env: EnvSecrets,
  connect: Connect,
  provider: ProviderId,
): Promise<void> {
  if (imported.has(provider)) return;
  const token = await envToken(env, provider);
  if (token !== null) await callPool(connect, (pool) => pool.importTokens([token]));
  imported.add(provider);
}

/** Whether `importEnvToken` would do nothing: saves the hot path an await. */
export function isEnvTokenKnown(provider: ProviderId): boolean {
  return imported.has(provider);
}

/** As `importEnvToken`, for every provider: for lists of what can be served. */
export async function importEnvTokens(env: EnvSecrets, connect: Connect): Promise<void> {
  for (const provider of PROVIDER_IDS) await importEnvToken(env, connect, provider);
}

async function envToken(env: EnvSecrets, provider: ProviderId): Promise<NewToken | null> {
  const name = secretNameOf(provider);
  if (name === null) return null;
  const secret = env[name]?.trim() ?? '';
  if (secret === '') return null;
  const id = `env_${provider}`;
  return {
    id,
    provider,
    tier: 'basic',
    sealedSecret: await seal(env, id, secret),
    fingerprint: await fingerprint(env, secret),
    mask: mask(secret),
    source: `env:${name}`,
  };
}
