import * as z from 'zod';

/** What callers may ask of a video: in a chat as `video_config`, or as a job under `/v1/videos`. */

export const VIDEO_RATIOS = ['2:3', '3:2', '1:1', '9:16', '16:9'] as const;
export type VideoRatio = (typeof VIDEO_RATIOS)[number];

/** Sizes that callers know from elsewhere, and the ratio that upstream is asked for instead. */
const SIZES = {
  '1280x720': '16:9',
  '854x480': '16:9',
  '720x1280': '9:16',
  '480x854': '9:16',
  '1792x1024': '3:2',
  '1080x720': '3:2',
  '720x480': '3:2',
  '1024x1792': '2:3',
  '720x1080': '2:3',
  '480x720': '2:3',
  '1024x1024': '1:1',
  '720x720': '1:1',
  '480x480': '1:1',
} as const satisfies Readonly<Record<string, VideoRatio>>;
const SIZE_NAMES = Object.keys(SIZES);
const isSize = (text: string): text is keyof typeof SIZES => Object.hasOwn(SIZES, text);

export const VIDEO_RESOLUTIONS = ['480p', '720p'] as const;
export type VideoResolution = (typeof VIDEO_RESOLUTIONS)[number];

export const VIDEO_PRESETS = ['fun', 'normal', 'spicy', 'custom'] as const;
export type VideoPreset = (typeof VIDEO_PRESETS)[number];

/** Longest video that any model films. Seconds. */
export const MAX_VIDEO_SECONDS = 15;
const MAX_PROMPT_CHARS = 32_000;

const Resolution = z.enum(VIDEO_RESOLUTIONS);
const Quality = z.enum(['SD', 'HD']);

/** `video_config` of a chat. A field that is absent or null is the model's to choose. */
export const VideoConfig = z.looseObject({
  aspect_ratio: z.nullish(z.enum([...VIDEO_RATIOS, ...SIZE_NAMES])),
  video_length: z.nullish(z.int().min(1).max(MAX_VIDEO_SECONDS)),
  /** The older name and words of `resolution_name`, which wins. */
  resolution: z.nullish(Quality),
  resolution_name: z.nullish(Resolution),
  preset: z.nullish(z.enum(VIDEO_PRESETS)),
});
export type VideoConfig = z.infer<typeof VideoConfig>;

/** The part of a chat that is about its video. */
export const VideoChat = z.looseObject({ video_config: z.nullish(VideoConfig) });

const WHOLE = 'expected a whole number';
const Digits = z
  .string()
  .regex(/^\d{1,4}$/, WHOLE)
  .transform(Number);

/** The first frame: a `data:` URI, an https URL or the id of a file, in the forms that clients write. */
const Reference = z.union([
  z.string().min(1),
  z
    .looseObject({
      image_url: z.union([z.string().min(1), z.looseObject({ url: z.string().min(1) })]),
    })
    .transform(({ image_url: image }) => (typeof image === 'string' ? image : image.url)),
  z.looseObject({ file_id: z.string().min(1) }).transform(({ file_id: id }) => id),
]);

/** `POST /v1/videos`. Forms send every field as text. */
export const VideoCreate = z.looseObject({
  /** The newest model that films, when absent. */
  model: z.nullish(z.string().min(1)),
  prompt: z.string().trim().min(1).max(MAX_PROMPT_CHARS),
  seconds: z.nullish(z.union([z.int(), Digits], WHOLE).pipe(z.int().min(1).max(MAX_VIDEO_SECONDS))),
  size: z.nullish(z.enum(SIZE_NAMES)),
  aspect_ratio: z.nullish(z.enum(VIDEO_RATIOS)),
  resolution: z.nullish(z.union([Resolution, Quality])),
  preset: z.nullish(z.enum(VIDEO_PRESETS)),
  input_reference: z.nullish(Reference),
});
export type VideoCreate = z.infer<typeof VideoCreate>;

/** `GET /v1/videos?after=&limit=&order=` */
export const VideoListQuery = z.object({
  after: z.optional(z.string().max(64)),
  limit: Digits.pipe(z.int().min(1).max(100)).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
});
export type VideoListQuery = z.infer<typeof VideoListQuery>;

/** `GET /v1/videos/{id}/content?variant=` */
export const VideoContentQuery = z.object({
  variant: z.enum(['video', 'thumbnail']).default('video'),
});

export type VideoStatus = 'queued' | 'in_progress' | 'completed' | 'failed';

/** A job as OpenAI writes it. Times are Unix seconds. */
export interface VideoObject {
  readonly id: string;
  readonly object: 'video';
  readonly model: string;
  readonly status: VideoStatus;
  /** Percent, 0–100. */
  readonly progress: number;
  readonly created_at: number;
  readonly completed_at: number | null;
  readonly expires_at: number | null;
  readonly prompt: string;
  readonly seconds: string;
  readonly size: string;
  readonly remixed_from_video_id: null;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Links that need no key, of a video that is there; ours, for players. */
  readonly url: string | null;
  readonly thumbnail_url: string | null;
}

/** The ratio that a ratio or a size stands for. */
export function ratioOf(text: string): VideoRatio | null {
  if (isSize(text)) return SIZES[text];
  return VIDEO_RATIOS.find((ratio) => ratio === text) ?? null;
}

/** The resolution that a size stands for: its shorter side. */
export function resolutionOf(size: string): VideoResolution {
  return Math.min(...size.split('x').map(Number)) <= 480 ? '480p' : '720p';
}

/** What a video of this ratio and resolution measures. */
export function sizeOf(ratio: VideoRatio, resolution: VideoResolution): string {
  const short = Number.parseInt(resolution, 10);
  const [across = 1, down = 1] = ratio.split(':').map(Number);
  // Encoders want even sides.
  const long = 2 * Math.round((short * Math.max(across / down, down / across)) / 2);
  return across < down ? `${short}x${long}` : `${long}x${short}`;
}
