import type { ModelSpec } from '../../../models/model-spec';
import type { DrawTask } from '../../provider';
import type { UploadedAsset } from '../upload';
import { ASSETS } from './asset-url';

/** Where an upload can be read; its account's path on the assets host. */
export function referenceUrl(uri: string): string {
  return `${ASSETS}/${uri.replace(/^\/+/, '')}`;
}

/** What an edit names its originals by. */
interface References {
  readonly urls: readonly string[];
  /** A media post of the first one. */
  readonly parentPostId: string | null;
}

/** Fields that both older generations send alike. */
function sharedFields({ urls, parentPostId }: References, task: DrawTask) {
  const config = {
    imageReferences: urls,
    ...(parentPostId !== null && { parentPostId }),
    ...(task.ratio !== null && { aspectRatio: task.ratio }),
  };
  return {
    fields: {
      temporary: true,
      enableImageGeneration: true,
      returnImageBytes: false,
      returnRawGrokInXaiRequest: false,
      enableImageStreaming: true,
      imageGenerationCount: 2,
      forceConcise: false,
      enableSideBySide: true,
      sendFinalMetadata: true,
      isReasoning: false,
      disableMemory: false,
      forceSideBySide: false,
    },
    modelConfigOverride: {
      modelMap: { imageEditModel: 'imagine', imageEditModelConfig: config },
    },
  } as const;
}

/** Generation 1. @param names the model and mode upstream; the mode is left out where there is none. */
export function labelledEdit(
  task: DrawTask,
  urls: readonly string[],
  names: { readonly modelName: string; readonly modelMode?: string },
): object {
  const { fields, modelConfigOverride } = sharedFields({ urls, parentPostId: null }, task);
  return {
    ...fields,
    ...names,
    message: editLabel(task),
    fileAttachments: [],
    imageAttachments: [],
    disableSearch: false,
    toolOverrides: { imageGen: true },
    disableTextFollowUps: false,
    isAsyncChat: false,
    responseMetadata: {
      modelConfigOverride,
      requestModelDetails: { modelId: names.modelName },
    },
  };
}

/** What an edit of generation 1 is asked for with. */
export function editLabel({ prompt }: DrawTask): string {
  return `Image Edit: ${prompt}`;
}

/** Generation 2. */
export function postedEdit(model: ModelSpec, task: DrawTask, references: References): object {
  const { fields, modelConfigOverride } = sharedFields(references, task);
  return {
    ...fields,
    modelName: model.upstream.model,
    message: task.prompt,
    disableTextFollowUps: true,
    responseMetadata: {
      requestModelDetails: { modelId: model.upstream.model },
      modelConfigOverride,
    },
  };
}

/** Generation 3: exactly six keys. */
export function assetEdit(
  model: ModelSpec,
  task: DrawTask,
  assets: readonly UploadedAsset[],
): object {
  return {
    modelName: model.upstream.model,
    message: task.prompt,
    enableImageStreaming: true,
    enableSideBySide: true,
    sendFinalMetadata: true,
    mediaGenInput: {
      imageToImage: {
        prompt: task.prompt,
        inputAssets: assets.map(({ id }) => id),
        ...(task.ratio !== null && { aspectRatio: task.ratio }),
      },
    },
  };
}
