import { chunkedHttp, TEXTS, wholeHttp } from './encode.ts';

/** Answers of an official API. */

const HEAD = { id: 'up-1', created: 1_790_000_000, model: 'deepseek-chat' };
const usage = { prompt_tokens: 12, completion_tokens: 80, total_tokens: 92 };

const event = (delta: object, rest: object = {}) =>
  `data: ${JSON.stringify({
    ...HEAD,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: null }],
    ...rest,
  })}\n\n`;
const stop = event({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage });

export const OPENAI_STREAM = chunkedHttp(
  'text/event-stream',
  TEXTS.map((content) => event({ content })),
  `${stop}data: [DONE]\n\n`,
);

const message = { role: 'assistant', content: TEXTS.join('') };
export const OPENAI_WHOLE = wholeHttp(
  'application/json',
  JSON.stringify({
    ...HEAD,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage,
  }),
);
