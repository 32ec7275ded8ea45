import { AppError } from '../errors';
import { splitParts } from './multipart-parts';

/** What a form may hold. Sizes in bytes. */
export interface MultipartLimits {
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  /** The whole body, headers of parts and padding included. */
  readonly maxTotalBytes: number;
  /** 64 when absent. */
  readonly maxFields?: number;
  /** One text field; 128 KiB when absent. */
  readonly maxFieldBytes?: number;
}

/** One part of a form, whole. */
export interface MultipartPart {
  readonly name: string;
  /** As its sender calls it, without a path; null for a text field. */
  readonly filename: string | null;
  /** As its sender says, lower case: not to be believed. Empty when it does not say. */
  readonly mime: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface MultipartFile extends MultipartPart {
  readonly filename: string;
}

export interface MultipartForm {
  /** Of a field given more than once, the last. */
  readonly fields: ReadonlyMap<string, string>;
  readonly files: readonly MultipartFile[];
}

const MAX_FIELDS = 64;
const MAX_FIELD_BYTES = 128 * 1_024;
const MEBI = 1_048_576;

export function isMultipart(request: Request): boolean {
  return /^multipart\/form-data\b/i.test(request.headers.get('content-type') ?? '');
}

/**
 * Reads a form part by part, as it arrives: the next one is not read before the last was taken, and no
 * more than its limit is read of any. Leaving the loop gives up the rest of the body.
 *
 * @throws AppError `invalid_request` when it is no form or breaks off; `file_too_large`, `body_too_large`.
 */
export async function* readMultipart(
  request: Request,
  limits: MultipartLimits,
): AsyncGenerator<MultipartPart, void, undefined> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > limits.maxTotalBytes) throw bodyTooLarge(limits);
  const boundary = boundaryOf(request);
  if (request.body === null) throw notWhole();
  let files = 0;
  let fields = 0;
  for await (const part of splitParts(request.body, boundary, {
    maxTotalBytes: limits.maxTotalBytes,
    tooLarge: () => bodyTooLarge(limits),
    notWhole,
  })) {
    const { name, filename } = part;
    if (filename === null) {
      fields += 1;
      if (fields > (limits.maxFields ?? MAX_FIELDS)) throw tooMany('fields');
    } else {
      files += 1;
      if (files > limits.maxFiles) throw tooMany('files', name);
    }
    const maxBytes =
      filename === null ? (limits.maxFieldBytes ?? MAX_FIELD_BYTES) : limits.maxFileBytes;
    const bytes = await part.read(maxBytes, () => partTooLarge(name, filename, maxBytes));
    // What a browser sends for a file input that was left alone.
    if (filename === '' && bytes.length === 0) files -= 1;
    else yield { name, filename, mime: part.mime, bytes };
  }
}

/**
 * Reads a whole form.
 * @param check - looks at each file before the next is read. @throws AppError as `readMultipart`.
 */
export async function readFiles(
  request: Request,
  limits: MultipartLimits,
  check: (file: MultipartFile) => void = () => {},
): Promise<MultipartForm> {
  const fields = new Map<string, string>();
  const files: MultipartFile[] = [];
  for await (const part of readMultipart(request, limits)) {
    const { filename } = part;
    if (filename === null) {
      fields.set(part.name, new TextDecoder().decode(part.bytes));
      continue;
    }
    const file = { ...part, filename };
    check(file);
    files.push(file);
  }
  return { fields, files };
}

/** @throws AppError `invalid_request` */
function boundaryOf(request: Request): string {
  const type = request.headers.get('content-type') ?? '';
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^;\s"]+))/i.exec(type) ?? [];
  const boundary = quoted ?? bare ?? '';
  // RFC 2046 5.1.1: at most 70 characters.
  if (!isMultipart(request) || boundary === '' || boundary.length > 70) {
    throw new AppError('invalid_request', 'The request body must be multipart/form-data.', {
      param: 'body',
    });
  }
  return boundary;
}

function notWhole(): AppError {
  return new AppError('invalid_request', 'The form in the request body is broken or not whole.', {
    param: 'body',
  });
}

function tooMany(what: string, param = 'body'): AppError {
  return new AppError('invalid_request', `The form has too many ${what}.`, { param });
}

function bodyTooLarge({ maxTotalBytes }: MultipartLimits): AppError {
  const size = Math.floor(maxTotalBytes / MEBI);
  return new AppError('body_too_large', `The request body is larger than ${size} MiB.`);
}

function partTooLarge(name: string, filename: string | null, maxBytes: number): AppError {
  return filename === null
    ? new AppError('body_too_large', `A field is longer than ${maxBytes} bytes.`, { param: name })
    : new AppError('file_too_large', `A file is larger than ${maxBytes / MEBI} MiB.`, {
        param: name,
      });
}
