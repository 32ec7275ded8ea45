/** A line of the chat stream, as an object. */
export type GrokFrame = Readonly<Record<string, unknown>>;

/** What an answer's frames say again and again. */
export interface Turn {
  readonly conversationId: string;
  readonly userResponseId: string;
  readonly responseId: string;
  readonly message: string;
  /** `modelName`, or `modeId` of the newer selector. */
  readonly model: string;
  readonly modelMode: string | null;
  readonly temporary: boolean;
  readonly fileAttachments: readonly string[];
}

const MODEL_HASH = 'simhash01=';
const SEARCH_QUERY = 'what an echo is';
const SEARCH_RESULT = {
  url: 'https://example.test/echo',
  title: 'Echo',
  preview: 'A sound that comes back',
};

/** F1, F2, F3, F4, F3: everything before the first token. */
export function openingFrames(turn: Turn): GrokFrame[] {
  const time = new Date().toISOString();
  const layout = {
    reasoningUiLayout: 'SPLIT',
    willThinkLong: false,
    effort: 'LOW',
    rolloutIds: [],
  };
  return [
    {
      result: {
        conversation: {
          conversationId: turn.conversationId,
          title: 'New conversation',
          starred: false,
          createTime: time,
          modifyTime: time,
          systemPromptName: '',
          temporary: turn.temporary,
          mediaTypes: [],
          workspaces: [],
          taskResult: null,
        },
      },
    },
    inResponse(turn.userResponseId, {
      userResponse: {
        ...responseBody(turn.userResponseId, turn.message, 'human', time),
        model: turn.model,
        fileAttachments: turn.fileAttachments,
      },
    }),
    inResponse(turn.responseId, { uiLayout: layout }),
    inResponse(turn.responseId, { llmInfo: { modelHash: MODEL_HASH } }),
    inResponse(turn.responseId, { uiLayout: { ...layout, steerModelId: turn.model } }),
  ];
}

/** Reasoning as the site tells it: a heading, a step, a search with its results, a dropped raw result. */
export function thinkingFrames(turn: Turn): GrokFrame[] {
  const step = { messageStepId: 0, rolloutId: 'Grok' };
  const cardId = 't1';
  const args = { query: SEARCH_QUERY, num_results: 5 };
  const thinking = (payload: GrokFrame) =>
    inResponse(turn.responseId, { ...step, ...payload }, { isThinking: true });
  return [
    thinking({ token: 'Recalling echoes', messageTag: 'header' }),
    thinking({ token: '- Sound comes back.', messageTag: 'summary' }),
    thinking({
      token: toolCardXml(cardId, 'web_search', args),
      messageTag: 'tool_usage_card',
      toolUsageCardId: cardId,
      toolUsageCard: { toolUsageCardId: cardId, webSearch: { args } },
    }),
    thinking({
      token: '',
      toolUsageCardId: cardId,
      webSearchResults: { results: [SEARCH_RESULT] },
    }),
    thinking({
      token: '',
      toolUsageCardId: cardId,
      xSearchResults: { results: [{ username: 'echo', postId: '1001', text: 'Hello, hello' }] },
    }),
    thinking({ token: '{"raw":true}', messageTag: 'raw_function_result' }),
    thinking({ token: 'So I repeat it.', messageTag: 'analysis' }),
  ];
}

/** F5 with the answer's text. */
export function answerFrame(turn: Turn, token: string): GrokFrame {
  return inResponse(turn.responseId, { token, messageTag: 'final' });
}

/** F17, F18, F19, F20: the end of a whole answer. */
export function closingFrames(turn: Turn, answer: string, searched: boolean): GrokFrame[] {
  return [
    inResponse(turn.responseId, { token: '' }, { isSoftStop: true }),
    inResponse(turn.responseId, { finalMetadata: { followUpSuggestions: [] } }),
    inResponse(turn.responseId, {
      modelResponse: {
        ...modelResponse(turn, answer),
        webSearchResults: searched ? [SEARCH_RESULT] : [],
        streamErrors: [],
      },
    }),
    { result: { title: { newTitle: 'Echo' } } },
  ];
}

/** F19 of a turn without an answer in words. */
export function modelResponseFrame(turn: Turn, fields: GrokFrame): GrokFrame {
  return inResponse(turn.responseId, { modelResponse: { ...modelResponse(turn, ''), ...fields } });
}

/** F19 of a turn that failed inside. */
export function streamErrorFrame(turn: Turn): GrokFrame {
  const streamErrors = [{ message: 'Upstream failure', code: 13 }];
  return inResponse(turn.responseId, {
    modelResponse: { ...modelResponse(turn, ''), streamErrors },
  });
}

/** F22: an error in the place of an answer. */
export function responseErrorFrame(turn: Turn, error: GrokFrame): GrokFrame {
  return inResponse(turn.responseId, { error });
}

/** Frames of kinds that nobody knows, and a token that is an array: to be passed over. */
export function strangeFrames(turn: Turn): GrokFrame[] {
  return [
    { unrelated: { at: 1 } },
    inResponse(turn.responseId, { mystery: { depth: { braces: '}{"' } } }),
    inResponse(turn.responseId, { token: ['not', 'text'] }),
  ];
}

function modelResponse(turn: Turn, answer: string) {
  return {
    ...responseBody(turn.responseId, answer, 'assistant', new Date().toISOString()),
    parentResponseId: turn.userResponseId,
    model: turn.model,
    requestMetadata: { model: turn.model, mode: turn.modelMode, effort: 'LOW' },
    metadata: { llm_info: { modelHash: MODEL_HASH } },
  };
}

function responseBody(responseId: string, message: string, sender: string, createTime: string) {
  return {
    responseId,
    message,
    sender,
    createTime,
    manual: false,
    partial: false,
    shared: false,
    query: '',
    queryType: '',
    webSearchResults: [],
    xposts: [],
    generatedImageUrls: [],
    imageAttachments: [],
    fileAttachments: [],
    cardAttachmentsJson: [],
    steps: [],
    metadata: {},
    streamErrors: [],
  };
}

/** A payload as the stream wraps it. */
export function inResponse(
  responseId: string,
  payload: GrokFrame,
  marks: GrokFrame = {},
): GrokFrame {
  const response = { ...payload, isThinking: false, isSoftStop: false, ...marks, responseId };
  return { result: { response } };
}

function toolCardXml(id: string, name: string, args: GrokFrame): string {
  return (
    `<xai:tool_usage_card><xai:tool_usage_card_id>${id}</xai:tool_usage_card_id>` +
    `<xai:tool_name>${name}</xai:tool_name>` +
    `<xai:tool_args><![CDATA[${JSON.stringify(args)}]]></xai:tool_args></xai:tool_usage_card>`
  );
}
