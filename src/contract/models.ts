/** Whether a model can be served at this moment, and why not. */
export type ServingState =
  | 'available'
  /** Every fitting credential is cooling down, or has nothing left in the model's bucket. */
  | 'cooling'
  /** Every fitting credential has nothing left in the model's bucket. */
  | 'spent'
  /** The provider fails on several credentials alike and is left alone for a moment. */
  | 'failing'
  /** No credential of a fitting tier is neither expired nor disabled. */
  | 'no_credentials'
  /** Its generation is switched off in the settings, or another generation serves its name. */
  | 'off';

/** One row of the catalog, as `GET models` of the admin API lists it. */
export interface ModelItem {
  readonly id: string;
  readonly name: string;
  readonly kind: 'chat' | 'image' | 'edit' | 'video';
  readonly provider: string;
  readonly generation: 'g1' | 'g2' | 'g3' | null;
  readonly dialect: string;
  readonly upstream: string;
  readonly tiers: readonly ('basic' | 'super' | 'heavy')[];
  readonly bucket: string;
  /** Units of the bucket that one upstream call takes. */
  readonly units: number;
  readonly capabilities: readonly string[];
  readonly alias_of: string | null;
  /** Draws in an Imagine session. */
  readonly imagine: boolean;
  /** Of one kind, the lowest that can be served is taken where nobody names a model. */
  readonly rank: number;
  readonly serving: ServingState;
  /** Unix ms when it can be served again; null when that is not known. */
  readonly until: number | null;
  /** Credentials that could serve it now, and those that exist for it. */
  readonly active: number;
  readonly live: number;
}
