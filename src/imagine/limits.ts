import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/time';

/** Bounds of an Imagine session. Each that a client can reach has an error of its own. */

const MEBI = 1_048_576;

/** Stored events, as JSON: those of an hour's drawing. The oldest go first. */
export const MAX_LOG_CHARS = 1.5 * MEBI;
/** Clients attached to one session at once, sockets and event streams together. */
export const MAX_CLIENTS = 32;
export const MAX_PROMPT_CHARS = 8_000;
/** One message of a client, UTF-8. */
export const MAX_FRAME_BYTES = 16_384;
export const MAX_USER_CHARS = 64;
export const MAX_BATCH = 10;
export const DEFAULT_BATCH = 4;
/** A session starts at most one run in this time. */
export const START_EVERY_MS = SECOND_MS;
/** A run goes on for so long after its last client has left. */
export const GRACE_MS = MINUTE_MS;
/** No run draws longer than this, however many watch. */
export const MAX_RUN_MS = HOUR_MS;
/** A batch is drawn inside an alarm, which the platform ends after 15 minutes. */
export const MAX_BATCH_MS = 14 * MINUTE_MS;
/** What is stored is kept for so long after the last client has left. */
export const KEEP_MS = 10 * MINUTE_MS;
/** A continuous run waits for a limit that ends within this; for a longer one it stops. */
export const MAX_WAIT_MS = 10 * SECOND_MS;
/** The upstream socket stays open for so long after the last batch: the next one saves a handshake. */
export const HOLD_MS = 15 * SECOND_MS;
/** Such waits in a row, after which the run stops. */
export const MAX_WAITS = 5;
export const TICKET_MS = MINUTE_MS;
/** Bytes that one client may be behind before it is cut, if the others leave so much; it comes back for the rest. */
export const MAX_BEHIND_BYTES = 8 * MEBI;
/** The same of all clients together: an object has 128 MiB. */
export const MAX_ALL_BEHIND_BYTES = 32 * MEBI;
