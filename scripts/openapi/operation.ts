import type * as z from 'zod';
import type { ErrorCode } from '../../src/contract/errors';

/** One operation of the document, written down as briefly as it can be. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete' | 'head';
  /** As OpenAPI writes it: `/v1/models/{id}`. */
  readonly path: string;
  readonly group: Group;
  readonly summary: string;
  readonly description?: string;
  /** What opens it: a caller's key, an administrator's session, the address itself, or nothing. */
  readonly by: 'key' | 'session' | 'link' | 'nothing';
  readonly pathParams?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: Body;
  readonly replies: readonly Reply[];
  /** Beside those of `by`, which every operation of its kind can answer. */
  readonly errors?: readonly ErrorCode[];
}

export interface Body {
  readonly json?: z.ZodType;
  /** Fields of a form; a file is a `File`. */
  readonly form?: z.ZodType;
  /** The same as lines of text. */
  readonly text?: string;
  readonly isOptional?: true;
  /** By name; each is accepted by `json`. */
  readonly examples?: Readonly<Record<string, unknown>>;
}

export interface Reply {
  readonly status: '200' | '101' | '204' | '206' | '302' | '304';
  readonly description: string;
  /** JSON, when nothing else is said. */
  readonly type?: string;
  readonly schema?: z.ZodType;
  readonly example?: unknown;
}

/** Groups of operations in the order of the document. */
export const GROUPS = {
  Chat: 'Conversations, streamed or whole, with every kind of model.',
  Models: 'What this key may use and some credential can serve.',
  Images: 'Pictures from words and from pictures.',
  Imagine: 'Sessions that draw one picture after the other, over a socket or as events.',
  Videos: 'Films as jobs: created, looked at, fetched.',
  Files: 'Files that a key keeps for its chats.',
  Media: 'What links lead to. The link itself is the right to it.',
  Gateway: 'The gateway itself.',
  'Admin: sessions': 'Set-up, signing in, administrators and the audit log.',
  'Admin: tokens': 'The pooled credentials.',
  'Admin: keys': "The callers' keys and their limits.",
  'Admin: calls': 'The call log and its figures.',
  'Admin: media': 'What is cached, and the files of the pooled accounts.',
  'Admin: settings': 'Settings, models and the state of the pool.',
  'Older paths': 'Shapes of earlier panels over the same use cases.',
} as const;
export type Group = keyof typeof GROUPS;

/** The usual answer: 200 with JSON. */
export function json(description: string, schema: z.ZodType, example?: unknown): readonly Reply[] {
  return [{ status: '200', description, schema, ...(example === undefined ? {} : { example }) }];
}

/** As `Map.groupBy`, which older Node versions lack. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
