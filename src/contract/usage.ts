import * as z from 'zod';

/** Token counts of one call. `estimated` marks figures counted here because upstream gave none. */
export const TokenUsage = z.object({
  input: z.int(),
  output: z.int(),
  /** Part of `input` served from upstream's prompt cache. */
  cached: z.int(),
  /** Part of `output` spent on reasoning. */
  reasoning: z.int(),
  estimated: z.boolean(),
});
export type TokenUsage = z.infer<typeof TokenUsage>;

/** What became of a lease: said by an adapter or the chat use case, acted on by the pool. */
export const OutcomeKind = z.enum([
  'done',
  'partial',
  'aborted',
  'unused',
  'limited',
  'revoked',
  'banned',
  'blocked',
  'refused',
  'faulty',
  'lost',
]);
export type OutcomeKind = z.infer<typeof OutcomeKind>;

export const CallKind = z.enum(['chat', 'image', 'video']);
export type CallKind = z.infer<typeof CallKind>;

/** One admitted call, as it leaves the pool's outbox, crosses the queue and becomes a D1 row. */
export const UsageRecord = z.object({
  /** The call id, the request id and the row's primary key; sorts by time. */
  id: z.string(),
  /** Unix ms of the admission, by the pool's clock. */
  at: z.int(),
  durationMs: z.int(),
  /** From admission to the first part; null when none came. */
  firstPartMs: z.nullable(z.int()),
  keyId: z.string(),
  kind: CallKind,
  model: z.string(),
  provider: z.string(),
  /** Pooled credential of the last attempt; never its secret. */
  tokenId: z.nullable(z.string()),
  attempts: z.int(),
  stream: z.boolean(),
  outcome: OutcomeKind,
  /** Error code the caller saw; null when the answer was whole. */
  error: z.nullable(z.string()),
  /** HTTP status the caller saw. */
  status: z.int(),
  /** Credential units spent, and whether upstream may not have counted them. */
  units: z.int(),
  uncertain: z.boolean(),
  /** `YYYY-MM-DD` of the configured day the call was charged to. */
  day: z.string(),
  /** Chats, pictures or videos, as is its kind, that the key was charged; null in a chat's record of before. */
  charged: z.nullable(z.int()),
  usage: z.nullable(TokenUsage),
});
export type UsageRecord = z.infer<typeof UsageRecord>;

/** Word that came after a lease had been given up as `lost`: replaces the row's outcome, moves no counter. */
export const UsageCorrection = z.object({
  id: z.string(),
  outcome: OutcomeKind,
  error: z.nullable(z.string()),
  status: z.int(),
  durationMs: z.int(),
  firstPartMs: z.nullable(z.int()),
  usage: z.nullable(TokenUsage),
});
export type UsageCorrection = z.infer<typeof UsageCorrection>;

/** Refused calls of one key, code and minute. */
export const RefusalCount = z.object({
  /** Unix ms of the minute's start. */
  minute: z.int(),
  keyId: z.string(),
  code: z.string(),
  count: z.int(),
});
export type RefusalCount = z.infer<typeof RefusalCount>;

/** One queue message: sealed by a pool, sent again under the same id until acknowledged. */
export const UsageBatch = z.object({
  /** `<object id>:<number>`; the consumer stores it first, so that a repeat changes nothing. */
  batchId: z.string(),
  /** Name of the pool object to acknowledge to. */
  pool: z.string(),
  records: z.array(UsageRecord),
  corrections: z.array(UsageCorrection),
  refusals: z.array(RefusalCount),
});
export type UsageBatch = z.infer<typeof UsageBatch>;
