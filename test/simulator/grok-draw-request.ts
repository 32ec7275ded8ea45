import * as z from 'zod';
import { assetIdAt } from './assets-made';
import { scriptOf } from './faults';
import type { Draw } from './grok-catalog';
import { drawOf } from './grok-catalog';

const Flag = z.optional(z.nullable(z.boolean()));
const Text = z.optional(z.nullable(z.string()));

const EditConfig = z.looseObject({
  imageReferences: z.optional(z.array(z.string())),
  parentPostId: Text,
});
const VideoConfig = z.looseObject({
  parentPostId: Text,
  imageReferences: z.optional(z.array(z.string())),
  resolutionName: Text,
  videoResolution: Text,
});
const ModelMap = z.looseObject({
  imageEditModelConfig: z.optional(EditConfig),
  videoGenModelConfig: z.optional(VideoConfig),
});
const Override = z.looseObject({ modelMap: z.optional(ModelMap) });

const Body = z.looseObject({
  message: z.string(),
  modelName: Text,
  modelMode: Text,
  modeId: Text,
  imageGenerationCount: z.optional(z.int().min(0)),
  fileAttachments: z.optional(z.array(z.string())),
  toolOverrides: z.optional(z.looseObject({ imageGen: Flag, videoGen: Flag })),
  responseMetadata: z.optional(z.looseObject({ modelConfigOverride: z.optional(Override) })),
  mediaGenInput: z.optional(
    z.looseObject({
      imageToImage: z.optional(
        z.looseObject({ prompt: z.string(), inputAssets: z.array(z.string()).min(1).max(8) }),
      ),
      textToVideo: z.optional(
        z.looseObject({ prompt: z.string(), resolutionName: z.optional(z.string()) }),
      ),
    }),
  ),
});
type Body = z.infer<typeof Body>;

/** A chat request that asks for pictures or a video: what it draws on and what it refers to. */
export type MediaAsk =
  | {
      readonly kind: 'pictures';
      readonly draw: Draw | null;
      /** How many are drawn, 0–2. */
      readonly count: number;
      /** Ids of the account's files; null when one cannot be the account's. */
      readonly files: readonly string[] | null;
    }
  | {
      readonly kind: 'video';
      readonly draw: Draw;
      /** The media post it belongs to; null when none is needed or none was given. */
      readonly postId: string | null;
      readonly resolutionName: string;
      readonly files: readonly string[] | null;
    };

const PICTURES_A_CALL = 2;
/** A call of the oldest generation that draws or films counts as high effort. */
const GROK_3: Draw = { bucket: 'grok-3', units: 4 };
const AUTO: Draw = { bucket: 'auto', units: 1 };
const DRAWING_PREFIXES = ['Image Generation:', 'Drawing: ', 'Image Edit:'] as const;

/** What a body asks to be drawn or filmed; null when it is a chat, or nothing at all. */
export function mediaAskOf(credential: string, json: unknown): MediaAsk | null {
  const parsed = Body.safeParse(json);
  if (!parsed.success) return null;
  const body = parsed.data;
  const isVideo =
    body.mediaGenInput?.textToVideo !== undefined ||
    body.toolOverrides?.videoGen === true ||
    body.modelName === 'imagine-video-gen';
  if (isVideo) return videoAsk(credential, body);
  const isPictures =
    body.mediaGenInput?.imageToImage !== undefined ||
    body.toolOverrides?.imageGen === true ||
    body.modelName === 'imagine-image-edit' ||
    asksInWords(body.message);
  return isPictures ? picturesAsk(credential, body) : null;
}

/** Whether the last paragraph of a prompt, with or without its speaker, begins as a wish for a picture. */
function asksInWords(message: string): boolean {
  const last = message.split('\n\n').at(-1) ?? '';
  const words = last.replace(/^(?:\[user\]\n|\[user\]: |user: )/, '');
  return DRAWING_PREFIXES.some((prefix) => words.startsWith(prefix));
}

function picturesAsk(credential: string, body: Body): MediaAsk {
  const assets = body.mediaGenInput?.imageToImage?.inputAssets;
  if (assets !== undefined) {
    const draw = { bucket: 'imagine:image_edit', units: 1 };
    return { kind: 'pictures', draw, count: 1, files: assets };
  }
  const config = body.responseMetadata?.modelConfigOverride?.modelMap?.imageEditModelConfig;
  const isEdit = body.modelName === 'imagine-image-edit';
  const references = config?.imageReferences ?? [];
  // Whether attachments are the account's is looked at as for any chat.
  const isOfNothing =
    isEdit && references.length === 0 && (body.fileAttachments ?? []).length === 0;
  const isUnknownForm = references.length > 0 && scriptOf(credential).has('noreferences');
  return {
    kind: 'pictures',
    draw: pictureDraw(body),
    count: Math.min(PICTURES_A_CALL, body.imageGenerationCount ?? PICTURES_A_CALL),
    // An edit of nothing is refused like an edit of what is not there.
    files:
      isOfNothing || isUnknownForm ? null : idsOf(credential, references, config?.parentPostId),
  };
}

/** Modes have buckets of their own; an edit without a mode or a tool is the second generation's. */
function pictureDraw(body: Body): Draw | null {
  const { modelName, modelMode, modeId } = body;
  if (typeof modeId === 'string') return drawOf({ modeId });
  if (modelName === 'grok-3') return GROK_3;
  if (modelName !== 'imagine-image-edit') return null;
  const isOldest = typeof modelMode === 'string' || body.toolOverrides?.imageGen === true;
  return isOldest ? GROK_3 : AUTO;
}

function videoAsk(credential: string, body: Body): MediaAsk {
  const direct = body.mediaGenInput?.textToVideo;
  if (direct !== undefined) {
    const resolutionName = direct.resolutionName ?? '720p';
    const bucket = resolutionName === '720p' ? 'imagine:video_720p' : 'imagine:video';
    const draw = { bucket, units: 1 };
    return { kind: 'video', draw, postId: null, resolutionName, files: [] };
  }
  const config = body.responseMetadata?.modelConfigOverride?.modelMap?.videoGenModelConfig;
  const postId = config?.parentPostId ?? null;
  const isHd = config?.resolutionName === '720p' || config?.videoResolution === 'HD';
  return {
    kind: 'video',
    draw: body.modelName === 'grok-3' ? GROK_3 : AUTO,
    postId,
    resolutionName: isHd ? '720p' : '480p',
    files: postId === null ? null : idsOf(credential, config?.imageReferences ?? [], postId),
  };
}

function idsOf(
  credential: string,
  references: readonly string[],
  postId: string | null | undefined,
): readonly string[] | null {
  const ids = references.map((address) => assetIdAt(credential, address));
  const known = ids.filter((id) => id !== null);
  if (known.length < ids.length) return null;
  return typeof postId === 'string' ? [...known, postId] : known;
}
