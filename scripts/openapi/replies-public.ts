import * as z from 'zod';
import type { FileObject } from '../../src/contract/files';
import type { ImagesAnswer } from '../../src/contract/images';
import { IMAGE_METHODS } from '../../src/contract/settings';
import type { VideoObject } from '../../src/contract/videos';

const seconds = z.int().meta({ description: 'Unix seconds.' });
const millis = z.int().meta({ description: 'Unix ms.' });

const Usage = z
  .looseObject({
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    total_tokens: z.int(),
    prompt_tokens_details: z.looseObject({ cached_tokens: z.int() }),
    completion_tokens_details: z.looseObject({ reasoning_tokens: z.int() }),
    estimated: z.optional(z.literal(true)).meta({ description: 'Counted here: upstream did not.' }),
  })
  .meta({ id: 'Usage' });

const ToolCall = z.looseObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});
const Citation = z.object({
  type: z.literal('url_citation'),
  url_citation: z.object({
    url: z.string(),
    title: z.string(),
    start_index: z.int(),
    end_index: z.int(),
  }),
});
const FinishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter']);

export const Completion = z
  .looseObject({
    id: z.string().meta({ description: '`chatcmpl-…`; with `store: true` it can be continued.' }),
    object: z.literal('chat.completion'),
    created: seconds,
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.int(),
        message: z.looseObject({
          role: z.literal('assistant'),
          content: z.nullable(z.string()),
          reasoning_content: z.optional(z.string()),
          refusal: z.optional(z.nullable(z.string())),
          tool_calls: z.optional(z.array(ToolCall)),
          annotations: z.optional(z.array(Citation)),
        }),
        finish_reason: FinishReason,
      }),
    ),
    usage: Usage,
  })
  .meta({ id: 'ChatCompletion' });

export const Chunk = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion.chunk'),
    created: seconds,
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.int(),
        delta: z.looseObject({
          role: z.optional(z.literal('assistant')),
          content: z.optional(z.nullable(z.string())),
          reasoning_content: z.optional(z.string()),
        }),
        finish_reason: z.nullable(FinishReason),
      }),
    ),
    usage: z.optional(z.nullable(Usage)),
  })
  .meta({ id: 'ChatCompletionChunk' });

export const Model = z
  .looseObject({
    id: z.string(),
    object: z.literal('model'),
    created: seconds,
    owned_by: z.string(),
    display_name: z.string(),
    description: z.string(),
    raw_model_path: z.string(),
    default_temperature: z.number(),
    default_max_output_tokens: z.int(),
    supported_max_output_tokens: z.int(),
    default_top_p: z.number(),
    capabilities: z.record(z.string(), z.unknown()),
    availability: z
      .enum(['available', 'cooling'])
      .meta({ description: '`cooling`: every credential that could serve it waits.' }),
  })
  .meta({ id: 'Model' });

export const ModelPage = z.object({ object: z.literal('list'), data: z.array(Model) });

const Standing = z
  .object({
    limit: z.nullable(z.int()).meta({ description: 'Null is unlimited.' }),
    used: z.int(),
    reserved: z.int(),
    remaining: z.nullable(z.int()),
    resets_at: z.nullable(millis),
  })
  .meta({ id: 'Standing', description: '`used + reserved + remaining = limit`.' });

export const KeyStanding = z.object({
  object: z.literal('key'),
  id: z.string(),
  day: z.string(),
  expires_at: z.nullable(millis),
  models: z.nullable(z.array(z.string())),
  limits: z.object({
    chat_per_day: Standing,
    heavy_per_day: Standing,
    image_per_day: Standing,
    video_per_day: Standing,
    rpm: Standing,
    concurrency: Standing,
  }),
});

const Picture = z.object({
  url: z.exactOptional(z.string()),
  b64_json: z.exactOptional(z.string()),
  base64: z.exactOptional(z.string()),
});

export const Images = z
  .object({
    created: seconds,
    data: z.array(Picture),
    usage: z.object({
      total_tokens: z.int(),
      input_tokens: z.int(),
      output_tokens: z.int(),
      input_tokens_details: z.object({ text_tokens: z.int(), image_tokens: z.int() }),
      estimated: z.exactOptional(z.literal(true)),
    }),
    incomplete: z.exactOptional(
      z
        .object({ requested: z.int(), delivered: z.int(), reasons: z.array(z.string()) })
        .meta({ description: 'Fewer came than were asked for; only those that came are charged.' }),
    ),
  })
  .meta({ id: 'Images' });
Images satisfies z.ZodType<ImagesAnswer>;

export const Upload = z.object({ url: z.string(), name: z.string(), size_bytes: z.int() });
export const Method = z.object({ image_generation_method: z.enum(IMAGE_METHODS) });

export const FileItem = z
  .object({
    id: z.string(),
    object: z.literal('file'),
    bytes: z.int(),
    created_at: seconds,
    expires_at: seconds,
    filename: z.string(),
    purpose: z.string(),
    status: z.literal('processed'),
  })
  .meta({ id: 'File' });
FileItem satisfies z.ZodType<FileObject>;

export const Video = z
  .object({
    id: z.string(),
    object: z.literal('video'),
    model: z.string(),
    status: z.enum(['queued', 'in_progress', 'completed', 'failed']),
    progress: z.int().min(0).max(100),
    created_at: seconds,
    completed_at: z.nullable(seconds),
    expires_at: z.nullable(seconds),
    prompt: z.string(),
    seconds: z.string(),
    size: z.string(),
    remixed_from_video_id: z.null(),
    error: z.nullable(z.object({ code: z.string(), message: z.string() })),
    url: z.nullable(z.string()).meta({ description: 'A link that needs no key.' }),
    thumbnail_url: z.nullable(z.string()),
  })
  .meta({ id: 'Video' });
Video satisfies z.ZodType<VideoObject>;

/** A page as OpenAI writes it. */
export const pageOf = (item: z.ZodType) =>
  z.object({
    object: z.literal('list'),
    data: z.array(item),
    first_id: z.nullable(z.string()),
    last_id: z.nullable(z.string()),
    has_more: z.boolean(),
  });

export const deleted = (object: string) =>
  z.object({ id: z.string(), object: z.literal(object), deleted: z.literal(true) });

export const Ticket = z.object({
  ticket: z.string(),
  expires_in: z.int().meta({ description: 'Seconds.' }),
});
export const Run = z.object({ run_id: z.string() });
export const EndedRun = z.object({ run_id: z.nullable(z.string()) });

export const Health = z.object({
  status: z.literal('healthy'),
  service: z.string(),
  runtime: z.literal('cloudflare-workers'),
  build: z.object({ sha: z.string() }),
  bindings: z.record(z.string(), z.boolean()),
});
