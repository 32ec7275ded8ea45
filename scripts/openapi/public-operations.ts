import * as z from 'zod';
import { ChatRequest } from '../../src/contract/chat';
import { FileCreate, FileListQuery } from '../../src/contract/files';
import {
  ImageEditFields,
  ImageEditRequest,
  ImageGenerationRequest,
} from '../../src/contract/images';
import { VideoContentQuery, VideoCreate, VideoListQuery } from '../../src/contract/videos';
import { ADMISSION, BODY, PICTURES, UPSTREAM } from './errors';
import { json, type Operation, type Reply } from './operation';
import { MEDIA } from './public-media';
import * as replies from './replies-public';

const Id = z.object({ id: z.string() });
const Binary = z.string().meta({ format: 'binary', description: 'A file.' });

/** One transparent pixel. */
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const events = (description: string, schema?: z.ZodType): Reply => ({
  status: '200',
  description,
  type: 'text/event-stream',
  ...(schema === undefined ? {} : { schema }),
});

const CHAT: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/chat/completions',
    group: 'Chat',
    summary: 'Hold a chat',
    description:
      "OpenAI's shape. A model that draws or films answers with links; `image_config` and `video_config` say what is wanted. With `stream: true` the answer comes as events that end with `[DONE]`; a failure after the first byte is an event with the error envelope.",
    by: 'key',
    body: {
      json: ChatRequest,
      examples: {
        whole: { model: 'grok-4', messages: [{ role: 'user', content: 'Say hello.' }] },
        streamed: {
          model: 'grok-4',
          stream: true,
          stream_options: { include_usage: true },
          messages: [{ role: 'user', content: 'Say hello.' }],
        },
        picture: {
          model: 'grok-4',
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'What is this?' },
                { type: 'image_url', image_url: { url: PIXEL } },
              ],
            },
          ],
        },
      },
    },
    replies: [
      ...json('The answer, whole.', replies.Completion),
      events('The answer as it comes.', replies.Chunk),
    ],
    errors: [
      ...BODY,
      ...ADMISSION,
      ...UPSTREAM,
      ...PICTURES,
      'unsupported_parameter',
      'thread_not_found',
      'call_ended',
    ],
  },
];

const MODELS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/models',
    group: 'Models',
    summary: 'List models',
    by: 'key',
    replies: json('The models.', replies.ModelPage),
  },
  {
    method: 'get',
    path: '/v1/models/{id}',
    group: 'Models',
    summary: 'Look at one model',
    description: 'The id may hold slashes.',
    by: 'key',
    pathParams: Id,
    replies: json('The model.', replies.Model),
    errors: ['model_not_found'],
  },
  {
    method: 'get',
    path: '/v1/key',
    group: 'Models',
    summary: 'Look at the own key',
    description: 'What it may do, and where each of its limits stands at this moment.',
    by: 'key',
    replies: json('The key.', replies.KeyStanding),
  },
];

const EDIT_FORM = z.looseObject({ ...ImageEditFields.shape, image: Binary });

const IMAGES: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/images/generations',
    group: 'Images',
    summary: 'Draw pictures',
    by: 'key',
    body: {
      json: ImageGenerationRequest,
      examples: {
        link: { model: 'grok-imagine-1.0', prompt: 'A lighthouse at dusk', n: 1 },
        inline: { prompt: 'A lighthouse at dusk', size: '16:9', response_format: 'b64_json' },
      },
    },
    replies: [
      ...json('The pictures.', replies.Images),
      events('`image_generation.partial_image`, `image_generation.completed`.'),
    ],
    errors: [...BODY, ...ADMISSION, ...UPSTREAM, 'unsupported_parameter'],
  },
  {
    method: 'post',
    path: '/v1/images/edits',
    group: 'Images',
    summary: 'Edit pictures',
    by: 'key',
    body: {
      json: ImageEditRequest,
      form: EDIT_FORM,
      examples: {
        edit: { model: 'grok-imagine-1.0-edit', prompt: 'Make it blue', image: PIXEL },
      },
    },
    replies: [
      ...json('The pictures.', replies.Images),
      events('`image_edit.partial_image`, `image_edit.completed`.'),
    ],
    errors: [...BODY, ...ADMISSION, ...UPSTREAM, ...PICTURES, 'too_many_files'],
  },
  {
    method: 'get',
    path: '/v1/images/method',
    group: 'Images',
    summary: 'Ask how pictures are drawn',
    by: 'key',
    replies: json('The method.', replies.Method),
  },
  {
    method: 'post',
    path: '/v1/uploads/image',
    group: 'Images',
    summary: 'Keep a picture until midnight',
    by: 'key',
    body: { form: z.object({ file: Binary }) },
    replies: json('Where it is.', replies.Upload),
    errors: ['invalid_request', 'unsupported_file', 'file_too_large', 'too_many_files'],
  },
];

const Attach = z.object({
  ticket: z.optional(z.string()),
  user: z.optional(z.string()),
  after: z.optional(z.int()).meta({ description: 'Number of the last event that is known.' }),
  format: z.optional(z.enum(['url', 'b64_json'])),
});
const User = z.object({ user: z.optional(z.string()) });
/** As `src/imagine/protocol` reads it: a test holds them together. */
export const Start = z.looseObject({
  prompt: z.string(),
  aspect_ratio: z.optional(z.string().max(32)),
  mode: z.enum(['single', 'continuous']).default('continuous'),
  n: z.int().min(1).max(10).default(4),
  model: z.optional(z.string().max(200)),
  ...User.shape,
});
const ATTACH_ERRORS = [
  'invalid_request',
  'invalid_ticket',
  'upgrade_required',
  'too_many_clients',
] as const;

const socket = (path: string, summary: string): Operation => ({
  method: 'get',
  path,
  group: 'Imagine',
  summary,
  description:
    'The key comes in `Authorization`, as the subprotocol `bearer.<base64url of the key>` beside `imagine`, or as a ticket; never in the address. A client says `start`, `stop` and `ping`, and hears `status`, `image`, `error` and `pong`.',
  by: 'key',
  query: Attach,
  replies: [{ status: '101', description: 'The socket.' }],
  errors: ATTACH_ERRORS,
});

const IMAGINE: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/images/imagine/ticket',
    group: 'Imagine',
    summary: 'Get a ticket',
    description: 'For clients that cannot send headers: good for a minute, and once.',
    by: 'key',
    body: { json: User, isOptional: true, examples: { session: { user: 'default' } } },
    replies: json('The ticket.', replies.Ticket),
    errors: [...BODY, 'missing_secret'],
  },
  socket('/v1/images/imagine/ws', 'Attach by a socket'),
  {
    method: 'get',
    path: '/v1/images/imagine/sse',
    group: 'Imagine',
    summary: 'Attach by events',
    description: '`Last-Event-ID` goes on where a connection broke off.',
    by: 'key',
    query: Attach,
    replies: [events('The same events as over a socket, numbered.')],
    errors: ATTACH_ERRORS,
  },
  {
    method: 'post',
    path: '/v1/images/imagine/start',
    group: 'Imagine',
    summary: 'Begin a run',
    by: 'key',
    body: {
      json: Start,
      examples: { single: { prompt: 'A lighthouse at dusk', mode: 'single', n: 1 } },
    },
    replies: json('The run.', replies.Run),
    errors: [...BODY, ...ADMISSION, 'start_too_soon'],
  },
  {
    method: 'post',
    path: '/v1/images/imagine/stop',
    group: 'Imagine',
    summary: 'End the run',
    by: 'key',
    body: { json: User, isOptional: true, examples: { session: { user: 'default' } } },
    replies: json('The run that ended, or null.', replies.EndedRun),
    errors: BODY,
  },
  socket('/api/v1/admin/imagine/ws', 'Attach by the path of earlier versions'),
];

const VIDEOS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/videos',
    group: 'Videos',
    summary: 'Film a video',
    by: 'key',
    body: {
      json: VideoCreate,
      form: VideoCreate,
      examples: { short: { prompt: 'Waves at dusk', seconds: 6, size: '1280x720' } },
    },
    replies: json('The job.', replies.Video),
    errors: [...BODY, ...ADMISSION, ...PICTURES],
  },
  {
    method: 'get',
    path: '/v1/videos',
    group: 'Videos',
    summary: 'List jobs',
    by: 'key',
    query: VideoListQuery,
    replies: json('A page of jobs.', replies.pageOf(replies.Video)),
    errors: ['invalid_request'],
  },
  {
    method: 'get',
    path: '/v1/videos/{id}',
    group: 'Videos',
    summary: 'Look at a job',
    by: 'key',
    pathParams: Id,
    replies: json('The job.', replies.Video),
    errors: ['video_not_found'],
  },
  {
    method: 'delete',
    path: '/v1/videos/{id}',
    group: 'Videos',
    summary: 'Stop and forget a job',
    by: 'key',
    pathParams: Id,
    replies: json('It is gone.', replies.deleted('video.deleted')),
    errors: ['video_not_found'],
  },
  ...(['get', 'head'] as const).map((method): Operation => ({
    method,
    path: '/v1/videos/{id}/content',
    group: 'Videos',
    summary: method === 'get' ? 'Fetch a video' : 'Ask about a video',
    by: 'key',
    pathParams: Id,
    query: VideoContentQuery,
    replies: [
      { status: '200', description: 'The video, or its first picture.', type: 'video/mp4' },
      { status: '206', description: 'The range that was asked for.', type: 'video/mp4' },
    ],
    errors: ['video_not_found', 'video_not_ready', 'video_interrupted', 'media_gone', 'media_busy'],
  })),
];

const FILES: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/files',
    group: 'Files',
    summary: 'Keep a file',
    by: 'key',
    body: { form: z.object({ ...FileCreate.shape, file: Binary }) },
    replies: json('The file.', replies.FileItem),
    errors: ['invalid_request', 'file_too_large', 'too_many_files', 'storage_unavailable'],
  },
  {
    method: 'get',
    path: '/v1/files',
    group: 'Files',
    summary: 'List files',
    by: 'key',
    query: FileListQuery,
    replies: json('A page of files.', replies.pageOf(replies.FileItem)),
    errors: ['invalid_request'],
  },
  {
    method: 'get',
    path: '/v1/files/{id}',
    group: 'Files',
    summary: 'Look at a file',
    by: 'key',
    pathParams: Id,
    replies: json('The file.', replies.FileItem),
    errors: ['file_not_found'],
  },
  {
    method: 'delete',
    path: '/v1/files/{id}',
    group: 'Files',
    summary: 'Delete a file',
    by: 'key',
    pathParams: Id,
    replies: json('It is gone.', replies.deleted('file')),
    errors: ['file_not_found'],
  },
  {
    method: 'get',
    path: '/v1/files/{id}/content',
    group: 'Files',
    summary: 'Fetch a file',
    by: 'key',
    pathParams: Id,
    replies: [{ status: '200', description: 'Its bytes.', type: 'application/octet-stream' }],
    errors: ['file_not_found'],
  },
];

const GATEWAY: readonly Operation[] = [
  {
    method: 'get',
    path: '/health',
    group: 'Gateway',
    summary: 'Ask whether it runs',
    by: 'nothing',
    replies: json('It does.', replies.Health),
  },
  {
    method: 'get',
    path: '/manage',
    group: 'Gateway',
    summary: "Go to the panel's tokens",
    by: 'nothing',
    replies: [{ status: '302', description: 'To `/admin/token`.' }],
  },
];

/** All that callers' keys open, and what nothing is needed for. */
export const PUBLIC: readonly Operation[] = [
  ...CHAT,
  ...MODELS,
  ...IMAGES,
  ...IMAGINE,
  ...VIDEOS,
  ...FILES,
  ...MEDIA,
  ...GATEWAY,
];
