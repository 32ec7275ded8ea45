import type * as z from 'zod';
import { AppError } from '../errors';

const MEBI = 1_048_576;

/**
 * Reads a JSON body and checks it. The size is checked while reading: a declared length is only the
 * quicker way to say no.
 * @throws AppError `body_too_large`, `invalid_json` or `invalid_request`.
 */
export async function readJson<T extends z.ZodType>(
  request: Request,
  schema: T,
  maxBytes: number,
): Promise<z.infer<T>> {
  const text = await readText(request, maxBytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError('invalid_json', 'The request body is not valid JSON.', { param: 'body' });
  }
  return check(schema, value);
}

/** @throws AppError `invalid_request`, with the path of the first offending field. */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { param, sentence } = describeIssue(result.error.issues);
  throw new AppError('invalid_request', sentence, param === '' ? {} : { param });
}

/** @throws AppError `body_too_large` once more than `maxBytes` have come. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const announced = Number(request.headers.get('content-length') ?? Number.NaN);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  // HTTP holds a body to its length: one call of the runtime reads it.
  if (announced <= maxBytes) return request.text();
  if (request.body === null) return '';
  const reader = request.body.getReader();
  const decoder = new TextDecoder();
  let size = 0;
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > maxBytes) {
      // The rest is not wanted; whether the client hears of it does not matter.
      void reader.cancel().catch(() => undefined);
      throw tooLarge(maxBytes);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError(
    'body_too_large',
    `The request body is larger than ${Math.floor(maxBytes / MEBI)} MiB.`,
  );
}

type Issue = z.core.$ZodIssue;

/** The issue that says most: inside a union, the one of the branch that came furthest. */
function describeIssue(issues: readonly Issue[]): { param: string; sentence: string } {
  const [issue] = issues;
  if (issue === undefined) return { param: '', sentence: 'The request is not valid.' };
  const deepest = deepestIssue(issue, []);
  const param = deepest.path.join('.');
  const where = param === '' ? 'The request body' : `'${param}'`;
  if (deepest.isMissing) return { param, sentence: `${where} is missing: ${deepest.message}.` };
  return { param, sentence: `${where} is not valid: ${deepest.message}.` };
}

const RECEIVED_NOTHING = /, received undefined$/;

/** A limit as people say it; null for what is no limit. */
function inWords(issue: Issue): string | null {
  if (issue.code === 'too_big') {
    const word = issue.inclusive === false ? 'less than' : 'at most';
    return `it may ${haveOrBe(issue.origin)} ${word} ${amount(issue.origin, issue.maximum)}`;
  }
  if (issue.code !== 'too_small') return null;
  const word = issue.inclusive === false ? 'more than' : 'at least';
  return `it must ${haveOrBe(issue.origin)} ${word} ${amount(issue.origin, issue.minimum)}`;
}

const PARTS: Readonly<Partial<Record<string, string>>> = { string: 'character', array: 'item' };

const haveOrBe = (origin: string): string => (PARTS[origin] === undefined ? 'be' : 'have');

function amount(origin: string, limit: number | bigint): string {
  const part = PARTS[origin];
  if (part === undefined) return String(limit);
  return `${limit} ${part}${Number(limit) === 1 ? '' : 's'}`;
}

function deepestIssue(
  issue: Issue,
  prefix: readonly PropertyKey[],
): { path: string[]; message: string; isMissing: boolean } {
  const path = [...prefix, ...issue.path];
  const message = issue.message.replace(/^Invalid input: |\.$/g, '');
  const own = {
    path: path.map(String),
    message: inWords(issue) ?? message.replace(RECEIVED_NOTHING, ''),
    isMissing: RECEIVED_NOTHING.test(message),
  };
  if (issue.code !== 'invalid_union') return own;
  let best = own;
  for (const branch of issue.errors) {
    for (const inner of branch) {
      const candidate = deepestIssue(inner, path);
      if (candidate.path.length > best.path.length) best = candidate;
    }
  }
  return best;
}
