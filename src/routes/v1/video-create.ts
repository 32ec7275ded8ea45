import { VideoCreate } from '../../contract/videos';
import type { Settings } from '../../contract/settings';
import { checkUrl } from '../../egress/guard';
import { decodeDataUri } from '../../egress/images';
import { AppError } from '../../errors';
import { check, readJson } from '../../http/body';
import { isMultipart, type MultipartFile, readFiles } from '../../http/multipart';
import { type ReadOwn, readFrame } from '../../images/originals';
import { findModel, type Generations, listModels } from '../../models/catalog';
import type { ModelSpec } from '../../models/model-spec';
import type { FilmTask } from '../../providers/provider';
import { filmModel, filmOfCreate, filmSpecOf } from '../../videos/film-task';
import { modelNotFound } from './models';

/** Of the first frame; as a data URI in JSON it is a third larger. */
const MAX_REFERENCE_BYTES = 10 * 1_048_576;
const MAX_BODY_BYTES = 15 * 1_048_576;

/** Where first frames may come from. */
export interface FrameSources {
  /** Hosts that serve this gateway. */
  readonly ownHosts: readonly string[];
  readonly own: ReadOwn;
}

/** What a request for a video comes to, found sound before anything is charged. */
export interface AskedFilm {
  /** The row as it serves this video. */
  readonly model: ModelSpec;
  readonly task: FilmTask;
  /** Such as `1280x720`. */
  readonly size: string;
}

/** Reads `POST /v1/videos`, a form or JSON. @throws AppError */
export async function readFilm(
  request: Request,
  settings: Settings,
  sources: FrameSources,
): Promise<AskedFilm> {
  const asked = await readCreate(request);
  const row = modelOf(asked, settings.grok.generations);
  const { task, size } = filmOfCreate(row, asked, settings);
  const image = await firstFrame(task, sources);
  return { model: filmModel(row, task), task: { ...task, image }, size };
}

/** @throws AppError as `readJson` and `readFiles`. */
async function readCreate(request: Request): Promise<VideoCreate> {
  if (!isMultipart(request)) return readJson(request, VideoCreate, MAX_BODY_BYTES);
  const { fields, files } = await readFiles(
    request,
    { maxFiles: 1, maxFileBytes: MAX_REFERENCE_BYTES, maxTotalBytes: MAX_BODY_BYTES },
    checkFile,
  );
  const [file] = files;
  const {
    'input_reference[image_url]': address,
    'input_reference[file_id]': fileId,
    ...named
  } = Object.fromEntries(fields);
  const reference = file === undefined ? (address ?? fileId) : toDataUri(file);
  return check(VideoCreate, {
    ...named,
    ...(reference === undefined ? {} : { input_reference: reference }),
  });
}

function checkFile({ name }: MultipartFile): void {
  if (name === 'input_reference') return;
  throw new AppError('invalid_request', `'${name}' is not a file that a video is made from.`, {
    param: name,
  });
}

/** Its type is told by its first bytes, whatever is written here. */
function toDataUri({ bytes }: MultipartFile): string {
  return `data:image/png;base64,${bytes.toBase64()}`;
}

/**
 * The first frame as its job is given it, found sound before anything is charged.
 * @throws AppError `url_not_allowed`, `invalid_image`, `file_too_large`
 */
async function firstFrame(
  { image }: FilmTask,
  { ownHosts, own }: FrameSources,
): Promise<string | null> {
  if (image === null) return null;
  const param = 'input_reference';
  try {
    const read = await readFrame(image, own, param);
    if (!/^data:/i.test(read)) checkUrl(read, ownHosts);
    else if (decodeDataUri(read).bytes.length > MAX_REFERENCE_BYTES) throw tooLarge();
    return read;
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw new AppError(thrown.code, thrown.message, { ...thrown.detail, param });
  }
}

function tooLarge(): AppError {
  const limit = MAX_REFERENCE_BYTES / 1_048_576;
  return new AppError('file_too_large', `The first image is larger than ${limit} MiB.`);
}

/** @throws AppError `model_not_found` */
function modelOf({ model: name }: VideoCreate, generations: Generations): ModelSpec {
  const model =
    name === undefined || name === null
      ? (findModel('grok-imagine-video', generations) ??
        listModels(generations).find(({ kind }) => kind === 'video') ??
        null)
      : findModel(name, generations);
  if (model === null) throw modelNotFound(name ?? null);
  filmSpecOf(model);
  return model;
}
