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
    else retry(message, item.batchId, result.failed.get(item.batchId));
  }
  if (backend === null) return;
  const settlements = result.fresh
    .filter(hasCalls)
    .map((item) => ({ batchId: item.batchId, body: settlementBody(item), attempts: 0 }));
  await sendSettlements(env.DB, backend, settlements, now);
}

const Sender = z.object({ batchId: z.string(), pool: z.string() });

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

/** @returns null when it is no usage batch, which is logged. */
function parse(message: Message<unknown>): UsageBatch | null {
  const { success, data, error } = UsageBatch.safeParse(message.body);
  if (success) return data;
  logError('usage_message_malformed', {
    messageId: message.id,
    issues: error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.code}`),
  });
  return null;
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
