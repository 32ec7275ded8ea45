import { readSettings, type VersionedSettings } from './settings-read';

/** The settings as this isolate knows them. The pool names the version it holds with every admission. */
let cached: VersionedSettings | null = null;
let readAt = 0;
/** The version that the last read looked for in vain: its row is still on its way. */
let missing: number | null = null;

/** While an edit is on its way from the pool to D1, the row is behind: it is not read for every call. */
const REREAD_AFTER_MS = 250;

/** The settings; read from D1 once an isolate. */
export function currentSettings(db: D1Database): VersionedSettings | Promise<VersionedSettings> {
  return cached ?? reload(db);
}

/** For whoever hears nothing from the pool: settings that were read no longer than `maxAgeMs` ago. */
export function recentSettings(
  db: D1Database,
  maxAgeMs: number,
  now: number = Date.now(),
): VersionedSettings | Promise<VersionedSettings> {
  return cached !== null && now - readAt < maxAgeMs ? cached : reload(db);
}

/** Reads again when the pool holds another version. @returns the settings to go by. */
export async function matchSettings(
  db: D1Database,
  poolVersion: number,
  now: number = Date.now(),
): Promise<VersionedSettings> {
  const known = await currentSettings(db);
  if (known.version === poolVersion) return known;
  if (missing === poolVersion && now - readAt < REREAD_AFTER_MS) return known;
  let read: VersionedSettings;
  try {
    read = await reload(db);
  } catch (thrown) {
    // A database that fails is not asked by every call either.
    missing = poolVersion;
    throw thrown;
  }
  missing = read.version === poolVersion ? null : poolVersion;
  return read;
}

/** What is known without asking; null in a new isolate. */
export function knownSettings(): VersionedSettings | null {
  return cached;
}

/** For whoever has just stored them in this isolate: its next call goes by them. */
export function adoptSettings(stored: VersionedSettings): void {
  if (cached !== null && cached.version >= stored.version) return;
  cached = stored;
  readAt = Date.now();
}

/** Makes the next call read again. */
export function forgetSettings(): void {
  cached = null;
}

async function reload(db: D1Database): Promise<VersionedSettings> {
  readAt = Date.now();
  cached = await readSettings(db);
  return cached;
}
