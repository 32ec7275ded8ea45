import * as z from 'zod';

/** Requests for pictures: OpenAI's shape, plus the fields of Grok2API's clients. Unknown fields are accepted. */

export const IMAGE_FORMATS = ['url', 'b64_json', 'base64'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

export const MAX_PICTURES = 10;

const WORDS = new Map<unknown, boolean>([
  ...[1, '1', 'true', 'yes', 'on'].map((word) => [word, true] as const),
  ...[0, '0', 'false', 'no', 'off', ''].map((word) => [word, false] as const),
]);
/** A form has no booleans, and earlier clients wrote `1` and `yes`. */
const Flag = z.preprocess((value) => WORDS.get(value) ?? value, z.boolean());
/** A form has no numbers. */
const count = (max: number, min = 1) =>
  z.preprocess(
    (value) =>
      typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value,
    z.int().min(min).max(max),
  );

const Common = {
  prompt: z.string().trim().min(1).max(32_000),
  model: z.optional(z.nullable(z.string().min(1))),
  n: z.optional(z.nullable(count(MAX_PICTURES))),
  /** A size such as `1792x1024` or a ratio such as `3:2`. */
  size: z.optional(z.nullable(z.string().max(20))),
  /** Upstream calls under way at once. */
  concurrency: z.optional(z.nullable(count(3))),
  response_format: z.optional(z.nullable(z.enum(IMAGE_FORMATS))),
  stream: z.optional(z.nullable(Flag)),
  /** Previews wanted of each picture; all there are when absent. */
  partial_images: z.optional(z.nullable(count(3, 0))),
  // Accepted because clients send them; upstream has no such choice. Told back in events.
  quality: z.optional(z.nullable(z.string())),
  background: z.optional(z.nullable(z.string())),
  output_format: z.optional(z.nullable(z.string())),
  style: z.optional(z.nullable(z.string())),
  moderation: z.optional(z.nullable(z.string())),
  user: z.optional(z.nullable(z.string())),
};

export const ImageGenerationRequest = z.looseObject(Common);
export type ImageGenerationRequest = z.infer<typeof ImageGenerationRequest>;

/**
 * A picture to edit: a `data:` URI, an https URL, a media link of this gateway or the id of a file, plain or
 * as OpenAI wraps it.
 */
const Original = z.union([
  z.string().min(1),
  z.looseObject({
    image_url: z.union([z.string().min(1), z.looseObject({ url: z.string().min(1) })]),
  }),
  z.looseObject({ file_id: z.string().min(1) }),
  z.looseObject({ url: z.string().min(1) }),
]);
export type Original = z.infer<typeof Original>;

/** The fields of an edit besides its pictures: those of a form, too. */
export const ImageEditFields = z.looseObject({ ...Common, mask: z.optional(z.unknown()) });
export type ImageEditFields = z.infer<typeof ImageEditFields>;

/** An edit as JSON. */
export const ImageEditRequest = z.looseObject({
  ...ImageEditFields.shape,
  image: z.optional(z.nullable(z.union([Original, z.array(Original)]))),
  images: z.optional(z.nullable(z.array(Original))),
});
export type ImageEditRequest = z.infer<typeof ImageEditRequest>;

/** How a chat with a picture model says what it wants. */
export const ImageChat = z.looseObject({
  image_config: z.optional(
    z.nullable(
      z.looseObject({
        n: z.optional(z.nullable(z.int().min(1).max(MAX_PICTURES))),
        size: z.optional(z.nullable(z.string().max(20))),
        response_format: z.optional(z.nullable(z.enum(IMAGE_FORMATS))),
      }),
    ),
  ),
});

/** Token counts of pictures; `estimated` is ours and absent when upstream counted. */
export interface ImageUsage {
  readonly total_tokens: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly input_tokens_details: { readonly text_tokens: number; readonly image_tokens: number };
  readonly estimated?: true;
}

/** Said when fewer pictures came than were asked for; only those that came are charged. */
export interface Incomplete {
  readonly requested: number;
  readonly delivered: number;
  /** Error codes, each once. */
  readonly reasons: readonly string[];
}

/** One picture, under the name of its format. */
export type ImageValue = Readonly<Partial<Record<ImageFormat, string>>>;

export interface ImagesAnswer {
  /** Unix seconds. */
  readonly created: number;
  readonly data: readonly ImageValue[];
  readonly usage: ImageUsage;
  readonly incomplete?: Incomplete;
}
