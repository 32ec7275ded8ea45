import * as z from 'zod';
import { UsageBatch } from '../contract/usage';
import { directEgress } from '../egress/direct';
import { logError, logWarning } from '../lib/log';
import { poolStub } from '../pool/stub';
import { backendFrom, hasCalls, sendSettlements, settlementBody } from './backend';
import { writeUsage } from './usage-writer';

/** As in `wrangler.toml`; an environment may add its own ending. */
const USAGE_QUEUE = 'grok2api-usage';

/** A failed delivery comes back after this, doubled each time. S. */
const FIRST_RETRY_S = 5;
const LONGEST_RETRY_S = 600;

/** The Worker's queue handler: chooses the consumer by the queue's name. */
export async function consumeQueue(
  batch: MessageBatch<unknown>,
  env: Env,
  _ctx: ExecutionContext,
): Promise<void> {
  if (batch.queue.startsWith(USAGE_QUEUE)) return consumeUsage(batch, env);
  logError('queue_unknown', { queue: batch.queue });
  batch.retryAll();
}

/**
 * Usage on its last way: D1, then the pool's acknowledgement, then the backend. A message is
 * acknowledged once its rows are stored; whatever fails after that has its own way back: the pool
 * sends an unacknowledged batch again, and cron sends what the backend did not confirm.
 */
async function consumeUsage(batch: MessageBatch<unknown>, env: Env): Promise<void> {
  const parsed = batch.messages.map((message) => ({ message, batch: parse(message) }));
  const batches = parsed.map((item) => item.batch).filter((item) => item !== null);
  const backend = backendFrom(env, directEgress(env.EGRESS));
  const now = Date.now();
  const hasBackend = env.BACKEND_URL !== '';
  const result = await writeUsage(batches, { db: env.DB, now, hasBackend });

  await acknowledge(
    env,
    batches.filter((item) => result.stored.has(item.batchId)),
  );
  for (const { message, batch: item } of parsed) {
    if (item === null) await bury(message, env);
    else if (result.stored.has(item.batchId)) message.ack();
    else if (!isWellFormed(message)) await bury(message, env);
    else retry(message, item.batchId, result.failed.get(item.batchId));
  }
  if (backend === null) return;
  const settlements = result.fresh
    .filter(hasCalls)
    .map((item) => ({ batchId: item.batchId, body: settlementBody(item), attempts: 0 }));
  await sendSettlements(env.DB, backend, settlements, now);
}

const Sender = z.object({ batchId: z.string(), pool: z.string() });

/** A batch as far as its rows are not looked into. */
const Envelope = Sender.extend({
  records: z.custom<UsageBatch['records']>(Array.isArray),
  corrections: z.custom<UsageBatch['corrections']>(Array.isArray),
  refusals: z.custom<UsageBatch['refusals']>(Array.isArray),
});

/**
 * A message that is no usage batch will never be one: it goes to the dead letters, where a person can
 * read it, and a pool that sent it is told so, because it would send it again for ever.
 */
async function bury(message: Message<unknown>, env: Env): Promise<void> {
  const sender = Sender.safeParse(message.body);
  try {
    await env.USAGE_DEAD_LETTERS.send(message.body);
    if (sender.success) await poolStub(env, sender.data.pool).ack([sender.data.batchId]);
    message.ack();
  } catch (error) {
    retry(message, sender.data?.batchId ?? '', error);
  }
}

/**
 * The rows are our own pool's, and D1 holds them to its columns: checking each field of each row once
 * more is a fiftieth of a call's CPU, and is done where a batch could not be written.
 *
 * @returns null when it is no usage batch, which is logged.
 */
function parse(message: Message<unknown>): UsageBatch | null {
  const { success, data, error } = Envelope.safeParse(message.body);
  if (success) return data;
  logMalformed(message, error);
  return null;
}

/** Whether each row of a batch that could not be written is what it should be; logged when one is not. */
function isWellFormed(message: Message<unknown>): boolean {
  const { success, error } = UsageBatch.safeParse(message.body);
  if (!success) logMalformed(message, error);
  return success;
}

function logMalformed(message: Message<unknown>, { issues }: z.ZodError): void {
  logError('usage_message_malformed', {
    messageId: message.id,
    issues: issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.code}`),
  });
}

async function acknowledge(env: Env, batches: readonly UsageBatch[]): Promise<void> {
  const idsByPool = Map.groupBy(batches, (batch) => batch.pool);
  for (const [pool, ofPool] of idsByPool) {
    const batchIds = ofPool.map((batch) => batch.batchId);
    try {
      await poolStub(env, pool).ack(batchIds);
    } catch (error) {
      logWarning('usage_ack_failed', { pool, batches: batchIds.length, error });
    }
  }
}

function retry(message: Message<unknown>, batchId: string, error: unknown): void {
  const delaySeconds = Math.min(FIRST_RETRY_S * 2 ** (message.attempts - 1), LONGEST_RETRY_S);
  logError('usage_write_failed', { batchId, attempts: message.attempts, delaySeconds, error });
  message.retry({ delaySeconds });
}
