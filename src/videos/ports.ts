import type { CallDeps } from '../calls/ports';
import type { Settings } from '../contract/settings';
import type { AdmitReply, Settlement } from '../pool/call';
import type { FetchedImage, Provider, ProviderSettings } from '../providers/provider';
import type { VideoJobState } from './job';

/** Where a job is kept. Writes are synchronous: what follows a write finds it. */
export interface JobStore {
  /** Null once the job is gone. */
  read(): VideoJobState | null;
  write(job: VideoJobState): void;
  /** The first frame: a `data:` URI or an https URL. */
  image(): string | null;
}

/** The pool as a job sees it. Each call is repeated a little; then it throws. */
export interface JobPool {
  extend(callId: string, attempt: number, addMs: number): Promise<boolean>;
  retry(ended: Settlement): Promise<AdmitReply>;
  settle(settled: readonly Settlement[]): Promise<void>;
}

/** What a job needs of the world. */
export interface JobPorts extends Pick<CallDeps, 'egress' | 'openSecret' | 'now' | 'wait'> {
  readonly store: JobStore;
  readonly pool: JobPool;
  readonly provider: (job: VideoJobState) => Provider;
  readonly settings: () => Promise<Settings>;
  readonly providerSettings: (settings: Settings, job: VideoJobState) => ProviderSettings;
  readonly fetchImage: (
    url: string,
    ownHosts: readonly string[],
    signal: AbortSignal,
  ) => Promise<FetchedImage>;
}

/** Changes some of a job, if it is still there. */
export function change(store: JobStore, fields: Partial<VideoJobState>): void {
  const job = store.read();
  if (job !== null) store.write({ ...job, ...fields });
}
