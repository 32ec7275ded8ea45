/** Names a provider adapter and the pool of credentials it spends. */
export type ProviderId = 'grok-web' | 'moonshot' | 'deepseek' | 'zai' | 'siliconflow' | 'xai';

/** Account tiers of the Grok site, lowest first; official APIs have `basic` only. */
export type Tier = 'basic' | 'super' | 'heavy';

/** Kinds a key's daily limits count, in the order they are shown. A heavy chat counts as `chat` and as `heavy`. */
export const QUOTA_KINDS = ['chat', 'heavy', 'image', 'video'] as const;
export type QuotaKind = (typeof QUOTA_KINDS)[number];

/** One row of the catalog: what a model is called, who serves it, what it spends. */
export interface ModelSpec {
  readonly id: string;
  readonly kind: 'chat' | 'image' | 'video';
  readonly provider: ProviderId;
  /** Wire dialect, read by that provider's adapter only. */
  readonly dialect: 'openai' | 'rest-model' | 'rest-mode';
  /** Name and mode upstream, in the dialect's own words. */
  readonly upstream: { readonly model: string; readonly mode?: string };
  /** Tiers that can serve it, the first tried first. */
  readonly tiers: readonly Tier[];
  /** Credential bucket it draws from, and how many of its units one call takes. */
  readonly bucket: string;
  readonly units: number;
  /** What one call takes of the key's daily limits. */
  readonly charges: Readonly<Partial<Record<QuotaKind, number>>>;
  readonly capabilities: {
    readonly reasoning?: boolean;
    readonly images?: boolean;
    readonly tools?: boolean;
    readonly structuredOutput?: boolean;
    readonly search?: boolean;
  };
  /** Upstream keeps prompt caches per credential: calls of one conversation are sent to the same one. */
  readonly promptCache?: boolean;
  readonly displayName?: string;
  readonly description?: string;
  readonly maxOutputTokens?: number;
}
