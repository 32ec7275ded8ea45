/** What the processes of the bench tell each other. */

/** `burst`: all parts in one write. `paced`: 50 ms to the first, then one every 10 ms. */
export type Pace = 'burst' | 'paced';

export const PARTS = 20;
export const FIRST_PART_MS = 50;
export const PART_MS = 10;

/** The text of the first part: what a client must see to have its first token. */
export const FIRST_TOKEN = 'tok00';

export interface UpstreamOrder {
  readonly pace?: Pace;
  /** How long it draws before it answers. */
  readonly drawMs?: number;
}
export interface UpstreamReport {
  readonly port: number;
  readonly answered: number;
}

/** One window of load. */
export interface LoadJob {
  readonly port: number;
  readonly connections: number;
  /** Ends after so many answers, or so many ms, whichever is first. */
  readonly answers: number;
  readonly windowMs: number;
  /** Whole requests, sent in turn. */
  readonly requests: readonly string[];
}

/** Times in ms, one an answer, unsorted. */
export interface LoadResult {
  readonly elapsedMs: number;
  /** Answers of 2xx. */
  readonly answered: number;
  /** Statuses of the others, or `reset`, and how often. */
  readonly others: Readonly<Record<string, number>>;
  readonly totalMs: readonly number[];
  /** To the first token; empty when the answers have none. */
  readonly firstTokenMs: readonly number[];
}
