import * as z from 'zod';
import type { ImagineCode, Mode } from '../contract/imagine';
import { AppError } from '../errors';
import { ratioOf } from '../images/ratio';
import { utf8 } from '../lib/digest';
import { DEFAULT_BATCH, MAX_BATCH, MAX_FRAME_BYTES, MAX_PROMPT_CHARS } from './limits';

/** What a client of an Imagine session says and hears. Names are those of the wire. */

export type {
  ErrorBody,
  ImageBody,
  ImagineCode,
  Mode,
  Passing,
  StatusBody,
  StopReason,
  StoredBody,
} from '../contract/imagine';

/** What a client asks to be drawn. */
export interface Plan {
  readonly prompt: string;
  /** Such as `2:3`; null leaves it to upstream. */
  readonly ratio: string | null;
  readonly mode: Mode;
  /** Pictures of one batch, 1–10. */
  readonly n: number;
  /** Public name; null asks for the newest. */
  readonly model: string | null;
}

export type Command =
  | { readonly type: 'start'; readonly plan: Plan }
  | { readonly type: 'stop' }
  | { readonly type: 'ping' };

/** A message that could not be followed. */
export interface Mistake {
  readonly type: 'mistake';
  readonly code: ImagineCode;
  readonly message: string;
}

/** Fields of a start, over a socket or over HTTP. What is not known is ignored, as in earlier versions. */
export const StartFields = z.object({
  prompt: z.string().trim().max(MAX_PROMPT_CHARS),
  aspect_ratio: z.string().max(32).optional(),
  mode: z.enum(['single', 'continuous']).default('continuous'),
  n: z.int().min(1).max(MAX_BATCH).default(DEFAULT_BATCH),
  model: z.string().max(200).optional(),
});

/** Reads one message of a client. */
export function parseCommand(frame: string | ArrayBuffer): Command | Mistake {
  if (typeof frame !== 'string') return mistake('invalid_payload', 'A message must be JSON text.');
  if (frame.length > MAX_FRAME_BYTES || utf8(frame).length > MAX_FRAME_BYTES) {
    return mistake('body_too_large', `A message may have ${MAX_FRAME_BYTES / 1_024} KiB.`);
  }
  const value = parseJson(frame);
  const named = z.looseObject({ type: z.string() }).safeParse(value);
  if (!named.success) {
    return mistake('invalid_payload', 'A message must be a JSON object with a "type".');
  }
  switch (named.data.type) {
    case 'ping':
      return { type: 'ping' };
    case 'stop':
      return { type: 'stop' };
    case 'start':
      return parseStart(value);
    default:
      return mistake('unknown_command', 'A "type" is one of start, stop, ping.');
  }
}

/** Reads what a client wants drawn. */
export function parseStart(value: unknown): Extract<Command, { type: 'start' }> | Mistake {
  const fields = StartFields.safeParse(value);
  if (!fields.success) {
    const [issue] = fields.error.issues;
    const field = issue?.path.join('.') ?? '';
    return field === 'prompt' && issue?.code !== 'too_big'
      ? mistake('empty_prompt', 'A start needs a prompt.')
      : mistake('invalid_payload', `'${field}' is not valid: ${issue?.message ?? 'unknown'}.`);
  }
  const { prompt, aspect_ratio, mode, n, model } = fields.data;
  if (prompt === '') return mistake('empty_prompt', 'A start needs a prompt.');
  try {
    const ratio = ratioOf(aspect_ratio ?? DEFAULT_RATIO, 'aspect_ratio');
    return { type: 'start', plan: { prompt, ratio, mode, n, model: model ?? null } };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return mistake('invalid_payload', thrown.message);
  }
}

/** What earlier versions drew when nothing was said. */
const DEFAULT_RATIO = '2:3';

export function mistake(code: ImagineCode, message: string): Mistake {
  return { type: 'mistake', code, message };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is as wrong as JSON without a type.
    return null;
  }
}
