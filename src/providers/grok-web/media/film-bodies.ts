import type { FilmSpec, ModelSpec } from '../../../models/model-spec';
import type { FilmTask } from '../../provider';

/** Presets as upstream names them at the end of the prompt. */
const MODES: Readonly<Record<FilmTask['preset'], string>> = {
  normal: 'normal',
  fun: 'extremely-crazy',
  spicy: 'extremely-spicy-or-crazy',
  custom: 'custom',
};

const QUALITIES: Readonly<Record<FilmTask['resolution'], string>> = { '480p': 'SD', '720p': 'HD' };

/**
 * Generations 1 and 2: a chat that refers to a media post.
 * @param imageUrl the picture that the post was made of; null for a post of words.
 */
export function postedFilm(
  { upstream: { model: modelName } }: ModelSpec,
  { resolution }: FilmSpec,
  task: FilmTask,
  post: { readonly id: string; readonly imageUrl: string | null },
): object {
  const isLines = resolution === 'lines';
  const videoGenModelConfig = {
    parentPostId: post.id,
    aspectRatio: task.ratio,
    videoLength: task.seconds,
    ...(isLines
      ? { resolutionName: task.resolution }
      : { videoResolution: QUALITIES[task.resolution] }),
    ...(isLines &&
      post.imageUrl !== null && {
        isVideoEdit: false,
        isReferenceToVideo: true,
        imageReferences: [post.imageUrl],
      }),
  };
  return {
    temporary: true,
    modelName,
    message: `${task.prompt} --mode=${MODES[task.preset]}`,
    toolOverrides: { videoGen: true },
    enableSideBySide: true,
    responseMetadata: {
      experiments: [],
      modelConfigOverride: { modelMap: { videoGenModelConfig } },
    },
  };
}

/** Generation 3: exactly eight keys, and one preset only. */
export function directFilm({ upstream: { model: modelName } }: ModelSpec, task: FilmTask): object {
  return {
    modelName,
    message: `${task.prompt} --mode=${MODES.custom}`,
    enableImageStreaming: true,
    enableSideBySide: true,
    sendFinalMetadata: true,
    responseMetadata: { experiments: [], modelConfigOverride: { modelMap: {} } },
    mediaGenInput: {
      textToVideo: {
        prompt: task.prompt,
        aspectRatio: task.ratio,
        duration: task.seconds,
        resolutionName: task.resolution,
      },
    },
    kind: 'CONVERSATION_KIND_IMAGINE',
  };
}
