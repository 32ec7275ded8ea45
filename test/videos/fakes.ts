import { DEFAULT_SETTINGS } from '../../src/contract/settings';
import type { ModelSpec } from '../../src/models/model-spec';
import type { AdmitReply, Lease, Settlement } from '../../src/pool/call';
import {
  type FilmCall,
  type Part,
  type PartStream,
  type Provider,
  ProviderError,
  type ProviderOutcome,
  type VideoPart,
} from '../../src/providers/provider';
import { newJob, type VideoJobState } from '../../src/videos/job';
import type { JobPorts } from '../../src/videos/ports';

export const NOW = 1_795_000_000_000;
const TOTAL_MS = 900_000;

const MODEL: ModelSpec = {
  id: 'test-video',
  kind: 'video',
  provider: 'grok-web',
  dialect: 'gateway',
  upstream: { model: 'upstream-video' },
  tiers: ['basic'],
  bucket: 'video',
  units: 1,
  charges: { video: 1 },
  capabilities: {},
};

const lease = (attempt: number): Lease => ({
  callId: 'call-1',
  attempt,
  tokenId: `token-${attempt}`,
  sealedSecret: `sealed-${attempt}`,
  egress: { id: 'direct', kind: 'direct', suspect: false },
  termMs: TOTAL_MS + 30_000,
});

export const progress = (percent: number, videoId: string | null = 'v-1'): Part => ({
  type: 'video-progress',
  progress: percent,
  videoId,
  postId: 'p-1',
});
export const VIDEO: VideoPart = {
  type: 'video',
  url: 'https://up.test/v-1.mp4',
  posterUrl: 'https://up.test/v-1.jpg',
};
export const END: readonly Part[] = [VIDEO, { type: 'finish', usage: null }];

export function upstreamError(outcome: ProviderOutcome, retryable = true): ProviderError {
  return new ProviderError(`upstream: ${outcome}`, outcome, 'upstream_error', { retryable });
}

type Step = readonly Part[] | Error | 'hang';

/** A job's world: its storage, a pool that remembers what it heard, an upstream that follows a script. */
export class World {
  job: VideoJobState | null;
  image: string | null = null;
  now = NOW;
  /** One entry a submission: a failure, or what each read gives. */
  scripts: (Error | Step[])[] = [];
  /** What each look finds. */
  looks: (VideoPart | null | Error)[] = [];
  submitted: FilmCall[] = [];
  looked: string[] = [];
  settled: Settlement[] = [];
  retried: Settlement[] = [];
  extended: number[] = [];
  isLeaseOpen = true;
  isPoolDeaf = false;
  cancelled = 0;
  /** Called with each state that is stored. */
  onWrite: (job: VideoJobState) => void = () => {};

  constructor() {
    this.job = newJob({
      id: 'video_1',
      ask: {
        callId: 'call-1',
        keyId: 'key-1',
        keyVersion: 1,
        settingsVersion: 1,
        model: MODEL.id,
        kind: 'video',
        ip: null,
        provider: MODEL.provider,
        tiers: MODEL.tiers,
        bucket: MODEL.bucket,
        units: 1,
        metered: true,
        charges: MODEL.charges,
        stream: false,
        termMs: TOTAL_MS + 30_000,
      },
      lease: lease(1),
      model: MODEL,
      film: {
        prompt: 'a kite',
        ratio: '3:2',
        seconds: 6,
        resolution: '720p',
        preset: 'normal',
        upscale: true,
      },
      size: '1080x720',
      ownHosts: ['gw.test'],
      createdAt: NOW,
      totalMs: TOTAL_MS,
    });
  }

  /** What an earlier object left behind. */
  leave(fields: Partial<VideoJobState>): void {
    if (this.job !== null) this.job = { ...this.job, startedAt: NOW, ...fields };
  }

  ports(): JobPorts {
    return {
      store: {
        read: () => this.job,
        write: (job) => {
          this.job = structuredClone(job);
          this.onWrite(job);
        },
        image: () => this.image,
      },
      pool: {
        extend: (_callId, _attempt, addMs) => {
          this.extended.push(addMs);
          return this.#heard(this.isLeaseOpen);
        },
        retry: (failed) => {
          this.retried.push(failed);
          const versions = { settings: 1, key: 1 };
          const rates = { rpm: null, day: null };
          const reply: AdmitReply = { ok: true, lease: lease(failed.attempt + 1), versions, rates };
          return this.#heard(reply);
        },
        settle: async (settled) => {
          await this.#heard(null);
          this.settled.push(...settled);
        },
      },
      provider: () => this.#provider(),
      settings: () => Promise.resolve(DEFAULT_SETTINGS),
      providerSettings: () => ({
        baseUrl: 'https://up.test',
        assetsUrl: '',
        statsigId: '',
        clearance: '',
        userAgent: '',
        temporary: false,
        filterTags: [],
      }),
      egress: () => ({
        fetch: () => Promise.reject(new Error('unused')),
        openSocket: () => Promise.reject(new Error('unused')),
      }),
      openSecret: (_, sealed) => sealed.replace('sealed', 'secret'),
      fetchImage: () => Promise.reject(new Error('unused')),
      now: () => this.now,
      wait: () => Promise.resolve(),
    };
  }

  #heard<T>(reply: T): Promise<T> {
    return this.isPoolDeaf ? Promise.reject(new Error('deaf')) : Promise.resolve(reply);
  }

  #provider(): Provider {
    return {
      id: 'grok-web',
      metered: true,
      stream: () => Promise.reject(new Error('unused')),
      film: (call) => {
        this.submitted.push(call);
        const script = this.scripts.shift() ?? [];
        return script instanceof Error
          ? Promise.reject(script)
          : Promise.resolve(this.#stream([...script]));
      },
      findVideo: ({ secret }, { videoId }) => {
        this.looked.push(`${secret} ${videoId}`);
        const found = this.looks.shift() ?? null;
        return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
      },
    };
  }

  #stream(steps: Step[]): PartStream {
    return {
      read: () => {
        const step = steps.shift();
        if (step === 'hang') return new Promise(() => undefined);
        if (step instanceof Error) return Promise.reject(step);
        return Promise.resolve(step ?? null);
      },
      cancel: () => {
        this.cancelled += 1;
      },
    };
  }
}
