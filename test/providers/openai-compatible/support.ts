import type { ChatRequest } from '../../../src/contract/chat';
import type { Egress } from '../../../src/egress/egress';
import { findModel } from '../../../src/models/catalog';
import type { ModelSpec } from '../../../src/models/model-spec';
import { openAiCompatible } from '../../../src/providers/openai-compatible/index';
import type { OpenAiCompatibleId } from '../../../src/providers/openai-compatible/dialects';
import type { FetchedImage, Part, PartStream, ProviderCall } from '../../../src/providers/provider';
import { openSocket } from '../../egress/no-socket';

export const SECRET = 'sk-secret-of-the-test';

export function modelOf(id: string): ModelSpec {
  const model = findModel(id);
  if (model === null) throw new Error(`no model ${id}`);
  return model;
}

export function chat(fields: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'deepseek-chat', messages: [{ role: 'user', content: 'hi' }], ...fields };
}

export interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

export interface CallOptions {
  readonly model?: string;
  readonly signal?: AbortSignal;
  readonly secret?: string;
  readonly fetchImage?: (url: string) => Promise<FetchedImage>;
  readonly isPublicImage?: (url: string) => boolean;
  readonly alive?: () => void;
}

/** A call whose upstream is `answer`, and what upstream was asked. */
export function callTo(
  answer: (asked: Asked) => Response | Promise<Response>,
  request: ChatRequest,
  options: CallOptions = {},
): { call: ProviderCall; asked: Asked[] } {
  const asked: Asked[] = [];
  const egress: Egress = {
    fetch: async (url, init) => {
      asked.push({ url, init });
      return answer({ url, init });
    },
    openSocket,
  };
  const call: ProviderCall = {
    request,
    model: modelOf(options.model ?? request.model),
    tokenId: 'token-1',
    secret: options.secret ?? SECRET,
    egress,
    settings: {
      baseUrl: 'https://api.test.example/v1',
      assetsUrl: '',
      statsigId: '',
      clearance: '',
      userAgent: '',
      temporary: false,
      filterTags: [],
    },
    signal: options.signal ?? new AbortController().signal,
    fetchImage: options.fetchImage ?? (() => Promise.reject(new Error('no image expected'))),
    ...(options.isPublicImage === undefined ? {} : { isPublicImage: options.isPublicImage }),
    ...(options.alive === undefined ? {} : { alive: options.alive }),
  };
  return { call, asked };
}

/** Starts a stream of `deepseek`, or of another provider. */
export function start(
  answer: (asked: Asked) => Response | Promise<Response>,
  request: ChatRequest = chat({ stream: true }),
  options: CallOptions & { readonly provider?: OpenAiCompatibleId } = {},
): Promise<PartStream> {
  return openAiCompatible(options.provider ?? 'deepseek').stream(
    callTo(answer, request, options).call,
  );
}

/** Reads to the end. @returns the parts, one list a read. */
export async function readAll(stream: PartStream): Promise<Part[][]> {
  const reads: Part[][] = [];
  for (let parts = await stream.read(); parts !== null; parts = await stream.read()) {
    reads.push([...parts]);
  }
  return reads;
}

/** An event stream of these chunks, each a network chunk of its own. */
export function events(...chunks: readonly string[]): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
}

/** One `data:` event. */
export const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

/** A chunk with one choice. */
export const delta = (fields: object, finish: string | null = null, index = 0) => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  choices: [{ index, delta: fields, finish_reason: finish }],
});

export const DONE = 'data: [DONE]\n\n';

/** The messages of the first request. */
export function sentMessages(asked: readonly Asked[]): unknown {
  const body = asked[0]?.init.body;
  return JSON.parse(typeof body === 'string' ? body : '{}').messages;
}
