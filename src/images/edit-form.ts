import { ImageEditFields, type ImageEditRequest, type Original } from '../contract/images';
import { sniffImage } from '../egress/images';
import { aboutImage, AppError } from '../errors';
import { check } from '../http/body';
import { type MultipartLimits, readMultipart } from '../http/multipart';
import type { Original as Picture } from '../providers/provider';
import { editable, type FindOwn, toOriginal, urlOfOriginal } from './originals';

/** A request to edit, read: its fields, and its pictures as adapters take them. */
export interface EditForm {
  readonly fields: ImageEditFields;
  readonly originals: readonly Picture[];
}

/** Most pictures any model edits at once; a model's row may say less. */
export const MAX_ORIGINALS = 16;
const MAX_FILE_BYTES = 20 * 1_048_576;
/** A picture may also come as text, in base64. */
const MAX_FIELD_BYTES = 28 * 1_048_576;
const IMAGE_FIELD = /^images?(?:\[\d*\])?$/;

/**
 * Reads an edit as a form. Each file is looked at and put aside before the next one is read.
 * @throws AppError
 */
export async function readEditForm(
  request: Request,
  maxTotalBytes: number,
  find: FindOwn,
): Promise<EditForm> {
  const limits: MultipartLimits = {
    // A mask counts as well: it is refused by name, not by number.
    maxFiles: MAX_ORIGINALS + 1,
    maxFileBytes: MAX_FILE_BYTES,
    maxFieldBytes: MAX_FIELD_BYTES,
    maxTotalBytes,
  };
  const values: Record<string, string> = {};
  const originals: Picture[] = [];
  for await (const { name, filename, bytes } of readMultipart(request, limits)) {
    if (name === 'mask') throw noMask();
    const isImage = IMAGE_FIELD.test(name);
    if (filename === null) {
      const text = new TextDecoder().decode(bytes);
      if (!isImage) values[name] = text;
      else if (text.trim() !== '') originals.push(await toOriginal(text.trim(), find, name));
    } else if (isImage) {
      originals.push(sent(bytes, name));
    } else {
      throw new AppError('invalid_request', `The form has a file in the unknown field '${name}'.`, {
        param: name,
      });
    }
  }
  return { fields: check(ImageEditFields, values), originals: counted(originals) };
}

/** Reads an edit as JSON. @throws AppError */
export async function readEditJson(body: ImageEditRequest, find: FindOwn): Promise<EditForm> {
  if (body.mask !== undefined && body.mask !== null) throw noMask();
  const given: Original[] = [body.image ?? [], body.images ?? []].flat();
  counted(given);
  const originals: Picture[] = [];
  for (const [index, original] of given.entries()) {
    try {
      originals.push(await toOriginal(urlOfOriginal(original), find, 'image'));
    } catch (thrown) {
      throw aboutImage(thrown, { param: 'image', index, count: given.length });
    }
  }
  return { fields: body, originals };
}

/** @throws AppError `invalid_image` */
function sent(bytes: Uint8Array<ArrayBuffer>, param: string): Picture {
  if (bytes.length === 0) {
    throw new AppError('invalid_image', 'A picture to edit is empty.', { param });
  }
  // By its first bytes: what its sender calls it is not to be believed.
  return editable({ bytes, mime: sniffImage(bytes) ?? '' }, param);
}

function counted<T>(originals: readonly T[]): readonly T[] {
  if (originals.length === 0) {
    throw new AppError(
      'invalid_request',
      "'image' is missing: give at least one picture to edit.",
      {
        param: 'image',
      },
    );
  }
  if (originals.length > MAX_ORIGINALS) throw tooMany(MAX_ORIGINALS);
  return originals;
}

/** @param model - that takes no more; null where none does. */
export function tooMany(most: number, model: string | null = null): AppError {
  const message =
    model === null
      ? `At most ${most} pictures can be edited at once.`
      : `The model ${model} edits at most ${most} pictures at once.`;
  return new AppError('invalid_image', message, { param: 'image' });
}

function noMask(): AppError {
  return new AppError(
    'unsupported_parameter',
    "'mask' is not supported: the whole picture is edited.",
    {
      param: 'mask',
    },
  );
}
