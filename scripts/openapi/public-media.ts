import * as z from 'zod';
import type { Operation, Reply } from './operation';

const Signed = z.object({
  exp: z.optional(z.string()).meta({ description: 'Of a signed link: when it ends.' }),
  sig: z.optional(z.string()).meta({ description: 'Of a signed link: its signature.' }),
});

const WHAT: readonly (readonly [prefix: string, kind: string, type: string])[] = [
  ['/images', 'picture', 'image/*'],
  ['/videos', 'video', 'video/*'],
  ['/v1/files/image', 'picture', 'image/*'],
  ['/v1/files/video', 'video', 'video/*'],
];

const repliesOf = (type: string): readonly Reply[] => [
  { status: '200', description: 'All of it.', type },
  { status: '206', description: 'The range that was asked for.', type },
  { status: '304', description: 'What the client has is still right.' },
];

/** The addresses that links lead to; with `HEAD` without the bytes. */
export const MEDIA: readonly Operation[] = WHAT.flatMap(([prefix, kind, type]) =>
  (['get', 'head'] as const).map((method): Operation => ({
    method,
    path: `${prefix}/{path}`,
    group: 'Media',
    summary: method === 'get' ? `Read a ${kind}` : `Ask about a ${kind}`,
    description: 'By a link that an answer held. Knows `Range`, `If-Range` and `If-None-Match`.',
    by: 'link',
    pathParams: z.object({ path: z.string() }),
    query: Signed,
    replies: repliesOf(type),
    errors: [
      'media_gone',
      'precondition_failed',
      'range_not_satisfiable',
      'media_busy',
      'upstream_error',
    ],
  })),
);
