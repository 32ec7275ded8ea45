import type { GrokGeneration } from '../contract/settings';

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
  readonly kind: 'chat' | 'image' | 'edit' | 'video';
  readonly provider: ProviderId;
  /**
   * Wire dialect, read by that provider's adapter only. Grok web: `rest-model` and `rest-mode` are the
   * older ones over REST, `gateway` the newest over a WebSocket.
   */
  readonly dialect: 'openai' | 'rest-model' | 'rest-mode' | 'gateway';
  /** Wire generation of the Grok site that it belongs to; the settings switch generations on and off. */
  readonly generation?: GrokGeneration;
  /** Name and mode upstream, in the dialect's own words. */
  readonly upstream: { readonly model: string; readonly mode?: string };
  /** Tiers that can serve it, the first tried first. */
  readonly tiers: readonly Tier[];
  /** Credential bucket it draws from, and how many of its units one upstream call takes. */
  readonly bucket: string;
  readonly units: number;
  /** What one call takes of the key's daily limits; of a picture model, one picture. */
  readonly charges: Readonly<Partial<Record<QuotaKind, number>>>;
  readonly capabilities: {
    readonly reasoning?: boolean;
    readonly images?: boolean;
    readonly tools?: boolean;
    readonly structuredOutput?: boolean;
    readonly search?: boolean;
  };
  /** How it draws or films; absent for text. */
  readonly media?: MediaSpec;
  /** Upstream keeps prompt caches per credential: calls of one conversation are sent to the same one. */
  readonly promptCache?: boolean;
  /** The row that this is an older name of. */
  readonly aliasOf?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly maxOutputTokens?: number;
}

export type MediaSpec = DrawSpec | EditSpec | FilmSpec;

/** Pictures from words. */
export interface DrawSpec {
  readonly task: 'draw';
  /** `chat`: asked for in a conversation of the model's dialect; `imagine`: over the Imagine socket. */
  readonly way: 'chat' | 'imagine';
  /** Pictures that one upstream call yields; the row's `units` are for one such call. */
  readonly perCall: number;
  /** The better and dearer of the socket's two models. */
  readonly pro?: boolean;
}

/** Pictures from pictures. */
export interface EditSpec {
  readonly task: 'edit';
  /** How the originals are named upstream: by their asset URLs, or by the ids of their uploads. */
  readonly references: 'urls' | 'assets';
  readonly perCall: number;
  readonly maxImages: number;
}

/** A video from words, or from a picture. */
export interface FilmSpec {
  readonly task: 'film';
  /** `post`: a media post first, then a chat that refers to it; `direct`: in one request. */
  readonly way: 'post' | 'direct';
  /** The resolution's field and its words upstream: `SD`/`HD`, or `480p`/`720p`. */
  readonly resolution: 'quality' | 'lines';
  readonly fromImage: boolean;
  readonly maxSeconds: number;
  /** What a 480p video draws from where it differs from the row, which is for 720p. */
  readonly sd?: { readonly bucket: string; readonly tiers: readonly Tier[] };
}
