import type { ChatRequest } from '../contract/chat';
import { AppError } from '../errors';
import { logError } from '../lib/log';
import { DAY_MS } from '../lib/time';
import { findModel } from '../models/catalog';
import type { ModelSpec } from '../models/model-spec';
import type { PartStream } from '../providers/provider';
import { findThread, insertThread, type ThreadRow } from '../store/threads';

/** How long a stored answer can be continued. */
export const THREAD_TTL_MS = 30 * DAY_MS;

/** What the id of an answer is: this, then the call's id. */
export const ANSWER_ID_PREFIX = 'chatcmpl-';

/** Whose answers are stored and continued. */
export interface ThreadWorld {
  readonly db: D1Database;
  readonly keyId: string;
  readonly callId: string;
}

/** Only the newest wire keeps conversations that can be continued. */
function keepsThreads({ kind, dialect }: ModelSpec): boolean {
  return kind === 'chat' && dialect === 'gateway';
}

/**
 * The conversation that a request goes on with; null when it begins one.
 *
 * @throws AppError `unsupported_parameter` for a model that cannot continue it, `thread_not_found` for an
 * id that is unknown, expired or another key's.
 */
export async function threadToContinue(
  model: ModelSpec,
  { previous_response_id: previous }: ChatRequest,
  { db, keyId }: Pick<ThreadWorld, 'db' | 'keyId'>,
  now: number,
): Promise<ThreadRow | null> {
  if (previous === undefined || previous === null) return null;
  if (!keepsThreads(model)) throw notContinued();
  const row = previous.startsWith(ANSWER_ID_PREFIX)
    ? await findThread(db, keyId, previous.slice(ANSWER_ID_PREFIX.length), now)
    : null;
  if (row === null) {
    throw new AppError(
      'thread_not_found',
      'There is no stored answer of this id, or it has expired.',
      { param: PARAM },
    );
  }
  if (findModel(row.model)?.dialect !== model.dialect) throw notContinued();
  return row;
}

const PARAM = 'previous_response_id';

function notContinued(): AppError {
  return new AppError('unsupported_parameter', 'This model cannot continue a stored answer.', {
    param: PARAM,
  });
}

/** Whose answer is stored, and as what. */
export type ThreadOwner = Pick<ThreadRow, 'id' | 'keyId' | 'tokenId' | 'model'>;

/**
 * The same answer; the thread it ends with is stored before its last parts are handed on, so that a
 * caller who has the whole answer can continue it at once. An answer that cannot be stored is none the
 * worse.
 */
export function storingThread(stream: PartStream, db: D1Database, owner: ThreadOwner): PartStream {
  const { unitsSpent } = stream;
  return {
    async read() {
      const parts = await stream.read();
      const end = parts?.find((part) => part.type === 'thread');
      if (end !== undefined) await store(db, { ...owner, ...end.thread });
      return parts;
    },
    cancel: () => stream.cancel(),
    ...(unitsSpent !== undefined && { unitsSpent: () => unitsSpent.call(stream) }),
  };
}

async function store(
  db: D1Database,
  thread: Omit<ThreadRow, 'createdAt' | 'expiresAt'>,
): Promise<void> {
  const createdAt = Date.now();
  try {
    await insertThread(db, { ...thread, createdAt, expiresAt: createdAt + THREAD_TTL_MS });
  } catch (error) {
    logError('thread_not_stored', { callId: thread.id, error });
  }
}
