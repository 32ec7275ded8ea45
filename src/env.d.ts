/** Bindings, vars and secrets of the Worker. Written by hand: a generated file would depend on the machine's `.dev.vars`. */
interface Env {
  readonly DB: D1Database;
  readonly KV_CACHE: KVNamespace;
  readonly ASSETS: Fetcher;
  readonly USAGE_QUEUE: Queue<import('./contract/usage').UsageBatch>;
  /** What the usage queue could not take: for a person. */
  readonly USAGE_DEAD_LETTERS: Queue<unknown>;
  readonly IMAGINE_SESSION: DurableObjectNamespace<
    import('../objects/imagine-session').ImagineSession
  >;
  readonly VIDEO_JOB: DurableObjectNamespace<import('../objects/video-job').VideoJob>;
  readonly MEDIA_FILL: DurableObjectNamespace<import('../objects/media-fill').MediaFill>;
  readonly MEDIA_PURGE: DurableObjectNamespace<import('../objects/media-purge').MediaPurge>;
  /** Uploads and large media; an account may have no R2. */
  readonly FILES?: R2Bucket;
  readonly TOKEN_POOL: DurableObjectNamespace<import('../objects/token-pool').TokenPool>;
  /** The one door out in tests and local start; absent in production, where `fetch` is used. */
  readonly EGRESS?: Fetcher;

  readonly BUILD_SHA: string;
  /** Minutes east of UTC where the quota day begins. */
  readonly CACHE_RESET_TZ_OFFSET_MINUTES: string;
  /** Media above this many bytes go to R2, or through uncached. At most 25 MiB. */
  readonly KV_CACHE_MAX_BYTES: string;
  /** Objects that one step of a purge deletes. 1–400. */
  readonly KV_CLEANUP_BATCH: string;
  /** Where the pool should live, such as `wnam`; empty leaves it to the platform. */
  readonly POOL_LOCATION: string;
  readonly GROK_BASE_URL: string;
  readonly GROK_ASSETS_URL: string;
  readonly MOONSHOT_BASE_URL: string;
  readonly DEEPSEEK_BASE_URL: string;
  readonly ZAI_BASE_URL: string;
  readonly SILICONFLOW_BASE_URL: string;
  readonly XAI_BASE_URL: string;
  /** Receives settled usage; empty when there is no backend. */
  readonly BACKEND_URL: string;
  /** `true` where http to loopback is allowed for base URLs: local start and tests. */
  readonly ALLOW_LOOPBACK?: string;

  // Secrets. Each may be absent on a fresh account.
  readonly CREDENTIAL_KEY?: string;
  readonly SETUP_CODE?: string;
  readonly INTERNAL_SECRET?: string;
  readonly MOONSHOT_API_KEY?: string;
  readonly DEEPSEEK_API_KEY?: string;
  readonly ZAI_API_KEY?: string;
  readonly SILICONFLOW_API_KEY?: string;
  readonly XAI_API_KEY?: string;
}

declare namespace Cloudflare {
  interface Env extends globalThis.Env {}
  interface GlobalProps {
    readonly mainModule: typeof import('./worker');
  }
}
