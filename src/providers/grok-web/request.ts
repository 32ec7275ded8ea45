import type { ChatRequest } from '../../contract/chat';
import type { ModelSpec } from '../../models/model-spec';

/** What a turn carries besides the caller's request. */
export interface Turn {
  readonly message: string;
  /** Ids of uploaded images. */
  readonly attachments: readonly string[];
  /** Kept out of the account's history. */
  readonly temporary: boolean;
}

/** Screen facts of generation 2; the same for every caller. */
const DEVICE = {
  darkModeEnabled: false,
  devicePixelRatio: 2,
  screenWidth: 2056,
  screenHeight: 1328,
  viewportWidth: 2056,
  viewportHeight: 1083,
} as const;

/**
 * Body of `POST /rest/app-chat/conversations/new`. Dialect `rest-model` selects by `modelName` and
 * `modelMode`, `rest-mode` by `modeId`; each sends exactly the fields of its generation.
 */
export function chatBody(model: ModelSpec, request: ChatRequest, turn: Turn): object {
  return model.dialect === 'rest-mode' ? modeBody(model, turn) : modelBody(model, request, turn);
}

/** What both generations say alike. */
function sharedFields(turn: Turn) {
  return {
    temporary: turn.temporary,
    message: turn.message,
    fileAttachments: turn.attachments,
    imageAttachments: [],
    disableSearch: false,
    enableImageGeneration: true,
    returnImageBytes: false,
    returnRawGrokInXaiRequest: false,
    enableImageStreaming: true,
    imageGenerationCount: 2,
    forceConcise: false,
    enableSideBySide: true,
    sendFinalMetadata: true,
    forceSideBySide: false,
    isAsyncChat: false,
  } as const;
}

function modelBody(model: ModelSpec, request: ChatRequest, turn: Turn): object {
  const { model: modelName, mode: modelMode } = model.upstream;
  const override = sampling(request);
  return {
    ...sharedFields(turn),
    modelName,
    ...(modelMode !== undefined && { modelMode }),
    toolOverrides: {},
    isReasoning: false,
    webpageUrls: [],
    disableTextFollowUps: true,
    disableMemory: false,
    responseMetadata: {
      requestModelDetails: { modelId: modelName },
      ...(override !== null && { modelConfigOverride: override }),
    },
  };
}

function modeBody(model: ModelSpec, turn: Turn): object {
  return {
    ...sharedFields(turn),
    modeId: model.upstream.mode ?? model.upstream.model,
    collectionIds: [],
    disabledConnectorIds: [],
    disableMemory: true,
    disableSelfHarmShortCircuit: false,
    disableTextFollowUps: false,
    responseMetadata: {},
    deviceEnvInfo: DEVICE,
  };
}

/** Sampling the caller asked for, in the site's words; null when it asked for none. */
function sampling(request: ChatRequest): Readonly<Record<string, unknown>> | null {
  const given = [
    ['temperature', request.temperature],
    ['topP', request.top_p],
    ['reasoningEffort', request.reasoning_effort],
  ].filter(([, value]) => value !== undefined && value !== null);
  return given.length === 0 ? null : Object.fromEntries(given);
}
