import { AppError } from '../errors';
import { isSafeBase } from '../lib/base-address';
import type { ProviderId } from '../models/model-spec';
import { grokWeb } from './grok-web/index';
import { openAiCompatible } from './openai-compatible/index';
import type { Provider } from './provider';

/** The vars that name the providers' addresses; `env` fits. */
export interface ProviderVars {
  readonly GROK_BASE_URL: string;
  readonly GROK_ASSETS_URL: string;
  readonly MOONSHOT_BASE_URL: string;
  readonly DEEPSEEK_BASE_URL: string;
  readonly ZAI_BASE_URL: string;
  readonly SILICONFLOW_BASE_URL: string;
  readonly XAI_BASE_URL: string;
  /** `true` lets http to loopback pass: local start and tests. */
  readonly ALLOW_LOOPBACK?: string;
}

/** Names of the Worker secrets that hold one credential of a provider. */
export type SecretName =
  | 'MOONSHOT_API_KEY'
  | 'DEEPSEEK_API_KEY'
  | 'ZAI_API_KEY'
  | 'SILICONFLOW_API_KEY'
  | 'XAI_API_KEY';

interface Entry {
  readonly provider: Provider;
  readonly baseUrlVar: AddressVar;
  readonly secret: SecretName | null;
}

const ENTRIES: Readonly<Record<ProviderId, Entry>> = {
  'grok-web': { provider: grokWeb, baseUrlVar: 'GROK_BASE_URL', secret: null },
  moonshot: {
    provider: openAiCompatible('moonshot'),
    baseUrlVar: 'MOONSHOT_BASE_URL',
    secret: 'MOONSHOT_API_KEY',
  },
  deepseek: {
    provider: openAiCompatible('deepseek'),
    baseUrlVar: 'DEEPSEEK_BASE_URL',
    secret: 'DEEPSEEK_API_KEY',
  },
  zai: { provider: openAiCompatible('zai'), baseUrlVar: 'ZAI_BASE_URL', secret: 'ZAI_API_KEY' },
  siliconflow: {
    provider: openAiCompatible('siliconflow'),
    baseUrlVar: 'SILICONFLOW_BASE_URL',
    secret: 'SILICONFLOW_API_KEY',
  },
  xai: { provider: openAiCompatible('xai'), baseUrlVar: 'XAI_BASE_URL', secret: 'XAI_API_KEY' },
};

const BY_NAME: ReadonlyMap<string, Provider> = new Map(
  Object.values(ENTRIES).map(({ provider }) => [provider.id, provider]),
);

export const PROVIDER_IDS: readonly ProviderId[] = Object.values(ENTRIES).map(
  ({ provider }) => provider.id,
);

export function providerOf(id: ProviderId): Provider {
  return ENTRIES[id].provider;
}

/** For names that come from outside: stored rows, admin requests. */
export function findProvider(name: string): Provider | null {
  return BY_NAME.get(name) ?? null;
}

/** The secret whose value is imported as one credential; null for providers of pasted accounts. */
export function secretNameOf(id: ProviderId): SecretName | null {
  return ENTRIES[id].secret;
}

/**
 * A provider's address without a trailing slash.
 * @throws AppError provider_unavailable when the var is no https address, or http on loopback where allowed.
 */
export function baseUrlOf(id: ProviderId, vars: ProviderVars): string {
  return addressOf(ENTRIES[id].baseUrlVar, vars);
}

/** Where a provider keeps its accounts' files; empty for one that has none. @throws AppError as `baseUrlOf`. */
export function assetsUrlOf(id: ProviderId, vars: ProviderVars): string {
  return id === 'grok-web' ? addressOf('GROK_ASSETS_URL', vars) : '';
}

type AddressVar = Exclude<keyof ProviderVars, 'ALLOW_LOOPBACK'>;

function addressOf(name: AddressVar, vars: ProviderVars): string {
  const text = vars[name];
  const allowLoopback = vars.ALLOW_LOOPBACK === 'true';
  const known = checked.get(name);
  if (known?.text === text && known.allowLoopback === allowLoopback) return known.baseUrl;
  const url = URL.parse(text);
  if (url === null || !isSafeBase(url, allowLoopback)) {
    throw new AppError('provider_unavailable', `${name} is not a usable https address.`);
  }
  const baseUrl = (url.origin + url.pathname).replace(/\/+$/, '');
  checked.set(name, { text, allowLoopback, baseUrl });
  return baseUrl;
}

/** The last address of each var that was found usable: every call asks for it. */
const checked = new Map<
  AddressVar,
  { readonly text: string; readonly allowLoopback: boolean; readonly baseUrl: string }
>();
