import type { ImageMethod } from '../contract/settings';
import { DEFAULT_MAX_OUTPUT_TOKENS, modeBucket, tiersFrom } from './grok-models';
import type { MediaSpec, ModelSpec } from './model-spec';

/** Rows of the Grok site's models that draw, edit and film. */

/** The site counts pictures and videos of the newest generation in buckets of their own. */
export function imagineBucket(name: ImagineQuota): string {
  return `imagine:${name}`;
}
export type ImagineQuota = 'image_pro' | 'image_edit' | 'video' | 'video_720p';

/** What one call of the oldest generation takes of its bucket: it counts as high effort. */
const HIGH = 4;

type MediaRow = Pick<
  ModelSpec,
  'id' | 'kind' | 'dialect' | 'generation' | 'upstream' | 'tiers' | 'bucket' | 'units'
> & { readonly media: MediaSpec; readonly name: string };

function mediaModel({ name, ...row }: MediaRow): ModelSpec {
  return {
    ...row,
    provider: 'grok-web',
    charges: row.kind === 'video' ? { video: 1 } : { image: 1 },
    capabilities: { images: row.media.task !== 'draw' },
    displayName: name,
    description: `Grok site: ${name}.`,
    maxOutputTokens: DEFAULT_MAX_OUTPUT_TOKENS,
  };
}

const G1 = { dialect: 'rest-model', generation: 'g1', bucket: 'grok-3', units: HIGH } as const;
const G2 = { dialect: 'rest-mode', generation: 'g2', units: 1 } as const;
const G3 = { dialect: 'gateway', generation: 'g3', units: 1 } as const;

const ROWS: readonly MediaRow[] = [
  {
    ...G3,
    id: 'grok-imagine-image-lite',
    name: 'Grok Imagine Lite',
    kind: 'image',
    upstream: { model: 'fast', mode: 'fast' },
    tiers: tiersFrom('basic'),
    bucket: modeBucket('fast'),
    media: { task: 'draw', way: 'chat', perCall: 1 },
  },
  {
    ...G3,
    id: 'grok-imagine-image',
    name: 'Grok Imagine',
    kind: 'image',
    upstream: { model: 'grok-imagine-image-quality' },
    tiers: tiersFrom('basic'),
    bucket: imagineBucket('image_pro'),
    media: { task: 'draw', way: 'imagine', perCall: 1 },
  },
  {
    ...G3,
    id: 'grok-imagine-image-2.0',
    name: 'Grok Imagine 2.0',
    kind: 'image',
    upstream: { model: 'grok-imagine-image-2.0' },
    tiers: tiersFrom('basic'),
    bucket: imagineBucket('image_pro'),
    media: { task: 'draw', way: 'imagine', perCall: 1, pro: true },
  },
  {
    ...G3,
    id: 'grok-imagine-image-edit',
    name: 'Grok Imagine Edit',
    kind: 'edit',
    upstream: { model: 'imagine-image-edit' },
    tiers: tiersFrom('basic'),
    bucket: imagineBucket('image_edit'),
    media: { task: 'edit', references: 'assets', perCall: 1, maxImages: 8 },
  },
  {
    ...G3,
    id: 'grok-imagine-video',
    name: 'Grok Imagine Video',
    kind: 'video',
    upstream: { model: 'imagine-video-gen' },
    tiers: tiersFrom('basic'),
    bucket: imagineBucket('video_720p'),
    media: {
      task: 'film',
      way: 'direct',
      resolution: 'lines',
      fromImage: false,
      maxSeconds: 15,
      sd: { bucket: imagineBucket('video'), tiers: tiersFrom('super') },
    },
  },
  {
    ...G2,
    id: 'grok-imagine-image-lite',
    name: 'Grok Imagine Lite',
    kind: 'image',
    upstream: { model: 'fast', mode: 'fast' },
    tiers: tiersFrom('basic'),
    bucket: modeBucket('fast'),
    media: { task: 'draw', way: 'chat', perCall: 1 },
  },
  {
    ...G2,
    id: 'grok-imagine-image',
    name: 'Grok Imagine',
    kind: 'image',
    upstream: { model: 'auto', mode: 'auto' },
    tiers: tiersFrom('super'),
    bucket: imagineBucket('image_pro'),
    media: { task: 'draw', way: 'imagine', perCall: 1 },
  },
  {
    ...G2,
    id: 'grok-imagine-image-pro',
    name: 'Grok Imagine Pro',
    kind: 'image',
    upstream: { model: 'auto', mode: 'auto' },
    tiers: tiersFrom('super'),
    bucket: imagineBucket('image_pro'),
    media: { task: 'draw', way: 'imagine', perCall: 1, pro: true },
  },
  {
    ...G2,
    id: 'grok-imagine-image-edit',
    name: 'Grok Imagine Edit',
    kind: 'edit',
    upstream: { model: 'imagine-image-edit', mode: 'auto' },
    tiers: tiersFrom('super'),
    bucket: modeBucket('auto'),
    media: { task: 'edit', references: 'urls', perCall: 2, maxImages: 8 },
  },
  {
    ...G2,
    id: 'grok-imagine-video',
    name: 'Grok Imagine Video',
    kind: 'video',
    upstream: { model: 'imagine-video-gen', mode: 'auto' },
    tiers: tiersFrom('super'),
    bucket: modeBucket('auto'),
    media: { task: 'film', way: 'post', resolution: 'lines', fromImage: true, maxSeconds: 10 },
  },
  {
    ...G1,
    id: 'grok-imagine-1.0',
    name: 'Grok Imagine 1.0',
    kind: 'image',
    upstream: { model: 'grok-3', mode: 'MODEL_MODE_FAST' },
    tiers: tiersFrom('basic'),
    media: { task: 'draw', way: 'chat', perCall: 2 },
  },
  {
    ...G1,
    id: 'grok-imagine-1.0-edit',
    name: 'Grok Imagine 1.0 Edit',
    kind: 'edit',
    upstream: { model: 'imagine-image-edit', mode: 'MODEL_MODE_FAST' },
    tiers: tiersFrom('basic'),
    media: { task: 'edit', references: 'urls', perCall: 2, maxImages: 16 },
  },
  {
    ...G1,
    id: 'grok-imagine-1.0-video',
    name: 'Grok Imagine 1.0 Video',
    kind: 'video',
    upstream: { model: 'grok-3', mode: 'MODEL_MODE_FAST' },
    tiers: tiersFrom('basic'),
    media: { task: 'film', way: 'post', resolution: 'quality', fromImage: true, maxSeconds: 15 },
  },
];

export const GROK_MEDIA_MODELS: readonly ModelSpec[] = ROWS.map(mediaModel);

/**
 * The row as the setting has it drawn: of the oldest generation, a model that draws in a conversation
 * can draw over the Imagine socket instead, from the bucket of that socket. Others stay as they are.
 */
export function withImageMethod(model: ModelSpec, method: ImageMethod): ModelSpec {
  const { media, generation } = model;
  if (media?.task !== 'draw' || media.way !== 'chat' || generation !== 'g1') return model;
  if (method === 'legacy') return model;
  return {
    ...model,
    bucket: imagineBucket('image_pro'),
    units: 1,
    media: { task: 'draw', way: 'imagine', perCall: 1 },
  };
}

/**
 * The row that edits pictures for one that draws them: of the same generation, and under its name, which is
 * what the caller asked for and what allowlists and logs know.
 */
export function editRow({ id, generation }: ModelSpec): ModelSpec | null {
  const row = GROK_MEDIA_MODELS.find(
    (other) => other.kind === 'edit' && other.generation === generation,
  );
  return row === undefined ? null : { ...row, id };
}

/** Units of its bucket that a row needs for `n` pictures. */
export function unitsFor({ units, media }: ModelSpec, n: number): number {
  const perCall = media === undefined || media.task === 'film' ? 1 : media.perCall;
  return units * Math.ceil(n / perCall);
}
