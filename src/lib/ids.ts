const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

const KEY_PREFIX = 'sk-';
const KEY_RANDOM_CHARS = 37;
const KEY_CHECK_CHARS = 6;
const KEY_PATTERN = /^sk-[0-9A-Za-z]{43}$/;

/**
 * Id of a call, a lease, a usage row and the `X-Request-Id`: 26 characters of Crockford base32,
 * 48 bits of time (Unix ms) before 80 random ones, so that ids sort by time.
 */
export function newCallId(now: number = Date.now()): string {
  if (drawn + RANDOM_CHARS > random.length) {
    random = crypto.getRandomValues(new Uint8Array(RANDOM_CHARS * IDS_PER_DRAW));
    drawn = 0;
  }
  let id = timeChars(now);
  for (const end = drawn + RANDOM_CHARS; drawn < end; drawn++) {
    id += CROCKFORD.charAt((random[drawn] ?? 0) & 31);
  }
  return id;
}

/** Random bytes are drawn for many ids at once: each draw is a call into the runtime. */
const IDS_PER_DRAW = 64;
let random = new Uint8Array();
let drawn = 0;

/** Unix ms that a call id was made at. */
export function callIdTime(id: string): number {
  let time = 0;
  for (let i = 0; i < TIME_CHARS; i++) time = time * 32 + CROCKFORD.indexOf(id.charAt(i));
  return time;
}

/** Sorts before every id that was made at this moment or later (Unix ms). */
export function firstCallId(at: number): string {
  return timeChars(Math.max(0, at));
}

/** A row id that people may see, such as `key_01J…`; sorts by time. */
export function newId(prefix: string, now: number = Date.now()): string {
  return `${prefix}_${newCallId(now)}`;
}

/**
 * A caller's key: `sk-` and 43 characters, 220 random bits and a checksum of six characters. The
 * checksum is no secret: it lets a mistyped or guessed key be refused without a look at storage.
 */
export function newApiKey(): string {
  let body = '';
  while (body.length < KEY_RANDOM_CHARS) {
    for (const byte of crypto.getRandomValues(new Uint8Array(KEY_RANDOM_CHARS))) {
      // 248 is the largest multiple of 62 in a byte: above it, some letters would be likelier.
      if (byte < 248 && body.length < KEY_RANDOM_CHARS) body += BASE62.charAt(byte % 62);
    }
  }
  return KEY_PREFIX + body + checksum(body);
}

/** Whether a presented key could be one of ours: shape and checksum. */
export function isWellFormedApiKey(key: string): boolean {
  if (!KEY_PATTERN.test(key)) return false;
  const body = key.slice(KEY_PREFIX.length, KEY_PREFIX.length + KEY_RANDOM_CHARS);
  return key.endsWith(checksum(body));
}

let lastTime = -1;
let lastTimeChars = '';

function timeChars(now: number): string {
  if (now === lastTime) return lastTimeChars;
  let chars = '';
  for (let rest = now, i = 0; i < TIME_CHARS; i++) {
    chars = CROCKFORD.charAt(rest % 32) + chars;
    rest = Math.floor(rest / 32);
  }
  lastTime = now;
  lastTimeChars = chars;
  return chars;
}

function checksum(body: string): string {
  let rest = crc32(body);
  let chars = '';
  for (let i = 0; i < KEY_CHECK_CHARS; i++) {
    chars = BASE62.charAt(rest % 62) + chars;
    rest = Math.floor(rest / 62);
  }
  return chars;
}

/** CRC-32 (IEEE 802.3) of ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
