import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/time';

const MEBI = 1_048_576;

/** KV has no range reads: larger values are stored in parts of this size, and a range reads those it touches. */
export const PART_BYTES = 2 * MEBI;
/** Larger pictures are not read into memory. */
export const MAX_PICTURE_BYTES = 32 * MEBI;
/** Larger objects are not served at all. */
export const MAX_OBJECT_BYTES = 512 * MEBI;
/** Upload of one picture; `KV_CACHE_MAX_BYTES` may say less. */
export const MAX_UPLOAD_BYTES = 25 * MEBI;
/** What a player gets at once of a range without an end. */
export const PLAYER_PIECE_BYTES = MEBI / 4;
/** What the first client of a fill may be behind before it is served from the cache instead. */
export const FEED_BYTES = 4 * MEBI;

/** Upstream's head, and each of its silences afterwards. */
export const UPSTREAM_TIMEOUT_MS = MINUTE_MS;
/** A credential lent for a read that nobody ends comes back after this. */
export const LOAN_MS = 15 * MINUTE_MS;
/** A filler that has not been heard of for this long is dead. */
export const FILL_TERM_MS = 30 * SECOND_MS;
export const FILL_RENEW_MS = 10 * SECOND_MS;
/** A client that leaves with more than this to come may end the fill with it. */
export const LONG_REST_BYTES = 4 * 1_048_576;
/** The platform ends the work of a request 30 s after its client has left: what takes longer is handed over before. */
export const HAND_OVER_MS = 20 * SECOND_MS;
/** By then such a fill has ended, or its filler is known to be dead. */
export const LEFT_FILL_MS = FILL_TERM_MS + 35 * SECOND_MS;
/** Longest wait for another's fill; then the object is read through. */
export const FILL_WAIT_MS = MINUTE_MS;
/** KV refuses an expiry less than 60 s away; a fill must have ended before. */
export const MIN_LIFE_MS = 5 * MINUTE_MS;

/** When an object was last read is written down this often. */
export const TOUCH_EVERY_MS = HOUR_MS;
/** Routes that ask no pool read the settings again when theirs are older: an open link can be closed. */
export const SETTINGS_MS = 30 * SECOND_MS;
/** An isolate goes by what it knows of an object for this long. */
export const KNOWN_MS = MINUTE_MS;
/** The edge may keep a part: its key changes with its bytes. S. */
export const PART_CACHE_TTL_S = 3_600;
/** Longest time that clients are told to keep an object. */
export const MAX_AGE_MS = DAY_MS;
