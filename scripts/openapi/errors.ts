import * as z from 'zod';
import type { ZodOpenApiResponseObject } from 'zod-openapi';
import { type ErrorBody, type ErrorCode, ERRORS } from '../../src/contract/errors';
import { groupBy } from './operation';

// SAFETY: the keys of a literal object are what its type says.
const CODES = Object.keys(ERRORS) as ErrorCode[];

/** The one envelope of every failure. */
export const ErrorEnvelope = z
  .object({
    error: z.object({
      message: z.string().meta({ description: 'One sentence for a person.' }),
      type: z.enum([...new Set(CODES.map((code) => ERRORS[code].type))]),
      code: z.enum(CODES).meta({ description: 'For programs. Codes never change.' }),
      param: z.nullable(z.string()).meta({ description: 'Path of the offending field.' }),
      status: z.int(),
    }),
  })
  .meta({ id: 'Error', description: 'The only body of a failure, in events of a stream too.' });
ErrorEnvelope satisfies z.ZodType<ErrorBody>;

const KEY: readonly ErrorCode[] = [
  'missing_api_key',
  'invalid_api_key',
  'key_disabled',
  'key_expired',
];
const SESSION: readonly ErrorCode[] = [
  'missing_session',
  'session_expired',
  'origin_not_allowed',
  'forbidden',
];

/** What every operation of a kind can answer. */
export const ERRORS_BY = {
  key: KEY,
  session: SESSION,
  link: ['link_invalid', 'link_expired', 'not_found'],
  nothing: [],
} as const satisfies Readonly<Record<string, readonly ErrorCode[]>>;

export const BODY: readonly ErrorCode[] = ['invalid_json', 'invalid_request', 'body_too_large'];

/** Of a call that takes of a key's limits and of the pool. */
export const ADMISSION: readonly ErrorCode[] = [
  'model_not_found',
  'model_not_allowed',
  'ip_not_allowed',
  'daily_quota_exceeded',
  'rpm_exceeded',
  'concurrency_exceeded',
  'pool_exhausted',
  'no_credentials',
  'pool_overloaded',
  'provider_unavailable',
  'missing_secret',
];

/** Of upstream, after every retry. */
export const UPSTREAM: readonly ErrorCode[] = [
  'content_policy_violation',
  'upstream_refused',
  'upstream_error',
  'upstream_blocked',
  'upstream_unauthorized',
  'upstream_cut',
  'upstream_timeout',
];

/** Of a request that brings pictures. */
export const PICTURES: readonly ErrorCode[] = [
  'invalid_image',
  'url_not_allowed',
  'file_too_large',
  'unsupported_file',
  'file_not_found',
];

/** Anybody can get these, anywhere. */
const ALWAYS: readonly ErrorCode[] = ['internal', 'not_migrated'];

/** The failures of one operation as its responses: one a status, with the codes it stands for. */
export function errorResponses(
  codes: readonly ErrorCode[],
): Record<`4${string}`, ZodOpenApiResponseObject> {
  const byStatus = groupBy(new Set([...codes, ...ALWAYS]), (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, own]) => [
        String(status),
        {
          description: own.map((code) => `\`${code}\``).join(', '),
          content: { 'application/json': { schema: ErrorEnvelope } },
        },
      ]),
  );
}
