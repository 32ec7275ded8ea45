import type { ChatRequest, Message } from '../contract/chat';
import type { Settings } from '../contract/settings';
import {
  ratioOf,
  resolutionOf,
  sizeOf,
  VideoChat,
  type VideoConfig,
  type VideoCreate,
  type VideoResolution,
} from '../contract/videos';
import { AppError } from '../errors';
import { check } from '../http/body';
import type { FilmSpec, ModelSpec } from '../models/model-spec';
import type { FilmTask } from '../providers/provider';

/** What upstream makes when a caller does not say. */
const DEFAULT_SECONDS = 6;
const DEFAULT_RATIO = '3:2';
const DEFAULT_PRESET = 'normal';

/** Where each value came from, for the `param` of an error. */
interface Names {
  readonly seconds: string;
  readonly image: string;
}

/** @throws AppError `model_not_found` when the model does not film. */
export function filmSpecOf({ media }: ModelSpec): FilmSpec {
  if (media?.task === 'film') return media;
  throw new AppError('model_not_found', 'This model does not make videos.', { param: 'model' });
}

/** The row as it serves a video of this resolution. */
export function filmModel(
  model: ModelSpec,
  { resolution }: Pick<FilmTask, 'resolution'>,
): ModelSpec {
  const { sd } = filmSpecOf(model);
  return resolution === '480p' && sd !== undefined ? { ...model, ...sd } : model;
}

/**
 * The film that a chat asks for: its last user text, begun with the first image of that message.
 * @throws AppError `invalid_request` with the path of what is wrong.
 */
export function filmOfChat(model: ModelSpec, chat: ChatRequest, settings: Settings): FilmTask {
  const config: VideoConfig = check(VideoChat, chat).video_config ?? {};
  const index = chat.messages.findLastIndex(({ role }) => role === 'user');
  const message = chat.messages[index];
  const param = index === -1 ? 'messages' : `messages.${index}.content`;
  const prompt = message === undefined ? '' : textOf(message);
  if (prompt === '') {
    throw new AppError('invalid_request', 'A video needs a text of the user to film.', { param });
  }
  const quality = config.resolution ?? null;
  return filmOf(model, settings, {
    prompt,
    ratio: ratioOf(config.aspect_ratio ?? DEFAULT_RATIO) ?? DEFAULT_RATIO,
    seconds: config.video_length ?? DEFAULT_SECONDS,
    resolution: config.resolution_name ?? (quality === null ? null : toLines(quality)),
    preset: config.preset ?? DEFAULT_PRESET,
    image: message === undefined ? null : imageOf(message),
    names: { seconds: 'video_config.video_length', image: param },
  });
}

/** The film that `POST /v1/videos` asks for, and its size as it is told. @throws AppError as `filmOfChat`. */
export function filmOfCreate(
  model: ModelSpec,
  asked: VideoCreate,
  settings: Settings,
): { readonly task: FilmTask; readonly size: string } {
  const { size, resolution } = asked;
  const bySize = size === undefined || size === null ? null : size;
  const ratio = asked.aspect_ratio ?? (bySize === null ? null : ratioOf(bySize)) ?? DEFAULT_RATIO;
  const lines = resolution === undefined || resolution === null ? null : toLines(resolution);
  const task = filmOf(model, settings, {
    prompt: asked.prompt,
    ratio,
    seconds: asked.seconds ?? DEFAULT_SECONDS,
    resolution: lines ?? (bySize === null ? null : resolutionOf(bySize)),
    preset: asked.preset ?? DEFAULT_PRESET,
    image: asked.input_reference ?? null,
    names: { seconds: 'seconds', image: 'input_reference' },
  });
  const isAsSized = bySize !== null && ratioOf(bySize) === ratio && lines === null;
  return { task, size: isAsSized ? bySize : sizeOf(ratio, task.resolution) };
}

function filmOf(
  model: ModelSpec,
  { video }: Settings,
  wish: Omit<FilmTask, 'resolution' | 'upscale'> & {
    readonly resolution: VideoResolution | null;
    readonly names: Names;
  },
): FilmTask {
  const { names, ...task } = wish;
  const spec = filmSpecOf(model);
  if (task.seconds > spec.maxSeconds) {
    throw new AppError(
      'invalid_request',
      `'${names.seconds}' is not valid: this model films at most ${spec.maxSeconds} seconds.`,
      { param: names.seconds },
    );
  }
  if (task.image !== null && !spec.fromImage) {
    throw new AppError(
      'unsupported_parameter',
      'This model films from words only: it takes no first image.',
      { param: names.image },
    );
  }
  // Where 480p has a bucket of its own, the row itself is about 720p.
  const resolution = task.resolution ?? (spec.sd === undefined ? '480p' : '720p');
  return { ...task, resolution, upscale: video.upscale && resolution === '720p' };
}

function toLines(resolution: VideoResolution | 'SD' | 'HD'): VideoResolution {
  if (resolution === 'SD') return '480p';
  return resolution === 'HD' ? '720p' : resolution;
}

function textOf({ content }: Message): string {
  if (typeof content === 'string') return content.trim();
  const texts = (content ?? []).map((part) =>
    part.type === 'text' || part.type === 'input_text' ? String(part['text']) : '',
  );
  return texts
    .filter((text) => text.trim() !== '')
    .join('\n')
    .trim();
}

function imageOf({ content }: Message): string | null {
  if (content === undefined || content === null || typeof content === 'string') return null;
  for (const part of content) {
    if (part.type !== 'image_url' && part.type !== 'input_image') continue;
    return typeof part.image_url === 'string' ? part.image_url : part.image_url.url;
  }
  return null;
}
