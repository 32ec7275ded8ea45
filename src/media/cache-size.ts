import type { CacheSize, PurgeTarget } from '../contract/cache';
import { MEDIA_KINDS, type MediaKind } from '../contract/media';
import { mediaSizes } from '../store/media-purge';

const MEBI = 1_048_576;

/** What there is of each kind at this moment (Unix ms). */
export async function cacheSizes(
  db: D1Database,
  now: number,
): Promise<Readonly<Record<MediaKind, CacheSize>>> {
  const sizes = await mediaSizes(db, now);
  const of = (kind: MediaKind): CacheSize => {
    const size = sizes.find((one) => one.kind === kind);
    return sizeOf(size?.count ?? 0, size?.sizeBytes ?? 0);
  };
  return { image: of('image'), video: of('video') };
}

/** What clearing this would take away. */
export function targetSize(
  sizes: Readonly<Record<MediaKind, CacheSize>>,
  target: PurgeTarget,
): CacheSize {
  const kinds: readonly MediaKind[] = target === 'all' ? MEDIA_KINDS : [target];
  const sum = (field: 'count' | 'size_bytes'): number =>
    kinds.reduce((total, kind) => total + sizes[kind][field], 0);
  return sizeOf(sum('count'), sum('size_bytes'));
}

export function sizeOf(count: number, bytes: number): CacheSize {
  return { count, size_bytes: bytes, size_mb: Math.round((bytes / MEBI) * 10) / 10 };
}
