import type { ErrorCode } from './errors';

/** What a client of an Imagine session hears. Names are those of the wire. */

export type Mode = 'single' | 'continuous';

/** Codes of `error` events: the protocol's own, and every code of the HTTP API. */
export type ImagineCode =
  | 'invalid_payload'
  | 'empty_prompt'
  | 'unknown_command'
  | 'too_slow'
  | ErrorCode;

/** Stored, numbered and replayed. */
export type StoredBody = StatusBody | ImageBody | ErrorBody;

export interface StatusBody {
  readonly type: 'status';
  readonly status: 'running' | 'stopped' | 'finished' | 'session_restarted';
  /** 32 hex digits. */
  readonly run_id: string;
  readonly prompt: string;
  readonly aspect_ratio: string | null;
  readonly mode: Mode;
  readonly model: string;
  /** Why a run stopped. */
  readonly reason?: StopReason;
}
export type StopReason = 'stop' | 'replaced' | 'error' | 'abandoned' | 'time_limit';

export interface ImageBody {
  readonly type: 'image';
  readonly url: string;
  /** 1…, per run. */
  readonly sequence: number;
  /** Unix ms. */
  readonly created_at: number;
  /** Since its batch began. */
  readonly elapsed_ms: number;
  readonly aspect_ratio: string | null;
  readonly run_id: string;
}

export interface ErrorBody {
  readonly type: 'error';
  readonly message: string;
  readonly code: ImagineCode;
  readonly run_id: string;
  /** Whole seconds until it can succeed. */
  readonly retry_after?: number;
}

/** Neither stored nor numbered. */
export type Passing =
  /** First of all: what is stored, and whether a run is under way. */
  | {
      readonly type: 'attached';
      /** Attaching with this as `user` leads here again. */
      readonly session: string;
      /** Null while nothing is stored. */
      readonly first_seq: number | null;
      readonly last_seq: number | null;
      readonly run_id: string | null;
    }
  /** How far a picture is; a later one of the same slot replaces it. */
  | {
      readonly type: 'preview';
      readonly run_id: string;
      readonly slot: number;
      readonly progress: number;
      readonly b64_json?: string;
    }
  /** A message of this client could not be followed. */
  | {
      readonly type: 'error';
      readonly message: string;
      readonly code: ImagineCode;
      readonly retry_after?: number;
    }
  /** Nothing was there to stop. */
  | { readonly type: 'status'; readonly status: 'stopped'; readonly run_id: null }
  | { readonly type: 'pong' };
