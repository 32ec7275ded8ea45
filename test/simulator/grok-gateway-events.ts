/** The `event` of one message of the gateway, without its id. */
export type GatewayEvent = Readonly<Record<string, unknown>> & { readonly type: string };

const SEARCH_QUERY = 'what an echo is';
const SEARCH_RESULT = {
  url: 'https://example.test/echo',
  title: 'Echo',
  snippet: 'A sound that comes back',
};

type Channel =
  | 'ASSISTANT_RESPONSE'
  | 'ASSISTANT_THINKING'
  | 'ASSISTANT_NOTETAKER_HEADER'
  | 'ASSISTANT_NOTETAKER_SUMMARY';

/** A session and its conversation, which have one id. In either order on the wire. */
export function sessionEvents(conversationId: string, clientEventId: string): GatewayEvent[] {
  return [
    { type: 'session.created', client_event_id: clientEventId },
    { type: 'conversation.attached', conversation: { id: conversationId } },
  ];
}

/** What comes before the first piece of an answer. */
export function openingEvents(userMessageId: string, responseId: string): GatewayEvent[] {
  return [
    { type: 'conversation.item.added', item: { id: userMessageId } },
    { type: 'conversation.queue.updated' },
    { type: 'response.created', response: { id: responseId, status: 'in_progress' } },
    chunk({ ui_layout: { layout: 'SPLIT' } }),
  ];
}

/** Reasoning: a heading, a step, a search with its results, a thought. */
export function thinkingEvents(): GatewayEvent[] {
  const card = {
    tool_usage_card_id: 't1',
    web_search: { args: { query: SEARCH_QUERY } },
  };
  const posts = [{ userhandle: 'echo', name: 'Echo', text: 'Hello, hello', post_id: '1001' }];
  return [
    chunk({ phase_marker: { kind: 'KIND_THINKING_START' } }),
    textChunk('Recalling echoes', 'ASSISTANT_NOTETAKER_HEADER'),
    textChunk('- Sound comes back.', 'ASSISTANT_NOTETAKER_SUMMARY'),
    chunk({ tool_usage_card: card }),
    chunk({ tool_result: { tool_call_id: 't1', web_search: { webpages: [SEARCH_RESULT] } } }),
    chunk({ tool_usage_card: { tool_usage_card_id: 't2', x_search: card.web_search } }),
    chunk({ tool_result: { tool_call_id: 't2', x_post: { posts } } }),
    textChunk('So I repeat it.', 'ASSISTANT_THINKING'),
  ];
}

/** A piece of the answer, in the form that the session asked for. */
export function answerEvent(text: string, inChunks: boolean): GatewayEvent {
  return inChunks
    ? textChunk(text, 'ASSISTANT_RESPONSE')
    : { type: 'response.output_text.delta', delta: text };
}

/** The answer begins, or a mark of where it comes from. */
export const RESPONSE_START = chunk({ phase_marker: { kind: 'KIND_RESPONSE_START' } });
export const CITATION = chunk({
  render_citation: {
    id: 'r1',
    kind: 'CITATION_KIND_WEB_PAGE',
    url: SEARCH_RESULT.url,
    citation_id: 0,
  },
});

/** The end of a whole answer. */
export function closingEvents(responseId: string, answer: string): GatewayEvent[] {
  return [
    ...(answer === '' ? [] : [{ type: 'response.output_text.done', text: answer }]),
    { type: 'response.content_part.done' },
    { type: 'response.output_item.done' },
    { type: 'conversation.title.updated', title: 'Echo' },
    { type: 'response.persisted' },
    { type: 'response.done', response: { id: responseId, status: 'completed' } },
  ];
}

/** A failure told in the place of an answer, and the end that follows it. */
export function streamErrorEvents(
  responseId: string,
  kind: 'usage_limit_reached' | 'internal_error',
  message: string,
): GatewayEvent[] {
  const stream_error = { kind, message, severity: 'ERROR', details: { reason: kind } };
  const status_details = { reason: kind };
  return [
    { type: 'response.grok.output', output: { stream_error } },
    { type: 'response.done', response: { id: responseId, status: 'failed', status_details } },
  ];
}

/** A failure that ends the turn. */
export function errorEvent(error: { code: number; message: string }): GatewayEvent {
  return { type: 'error', error: { code: error.code, message: error.message } };
}

/** How far a picture is: a preview, or the picture's path on the assets host. */
export function cardEvent(picture: {
  readonly id: string;
  readonly index: number;
  readonly progress: number;
  readonly url: string;
  readonly moderated?: boolean;
}): GatewayEvent {
  const card = {
    id: `card${picture.index + 1}`,
    type: 'render_generated_image',
    cardType: 'generated_image_card',
    image_chunk: {
      imageUuid: picture.id,
      imageUrl: picture.url,
      progress: picture.progress,
      moderated: picture.moderated ?? false,
      imageIndex: picture.index,
    },
  };
  const card_attachment = { jsonData: JSON.stringify(card) };
  return { type: 'response.grok.output', output: { card_attachment } };
}

function textChunk(text: string, channel: Channel): GatewayEvent {
  return chunk({ text: { text, channel: `CHANNEL_${channel}` } });
}

function chunk(payload: Readonly<Record<string, unknown>>): GatewayEvent {
  return {
    type: 'response.chunk',
    chunk: { metadata: { rollout_id: 'Grok', step_id: 0 }, ...payload },
  };
}
