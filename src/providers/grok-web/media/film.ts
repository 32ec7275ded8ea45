import type { FilmSpec, ModelSpec } from '../../../models/model-spec';
import { ProviderError, type FilmCall, type PartStream, type VideoPart } from '../../provider';
import { asUnused, unreadableFault } from '../faults';
import { uploadAssets } from '../upload';
import { isUncounted } from './conclude';
import { converse } from './conversation';
import { referenceUrl } from './edit-bodies';
import { FedStream, type Feed } from './fed-stream';
import { directFilm, postedFilm } from './film-bodies';
import { FilmFrames } from './film-frames';
import { createPost } from './media-post';
import { upscale } from './upscale';

/** Films, by the model's row; upstream is asked for the video once. @throws ProviderError */
export function film(call: FilmCall): Promise<PartStream> {
  const media = mediaOf(call.model);
  const spending = { units: 0 };
  const work = async (feed: Feed) => {
    const attempt = { ...call, signal: feed.signal };
    const body = await prepare(attempt, media);
    feed.push(await record(attempt, body, spending, feed.push));
  };
  return Promise.resolve(new FedStream(call.signal, () => spending.units, work));
}

/** What upstream is asked with, and what has to be there before. */
async function prepare(attempt: FilmCall, media: FilmSpec): Promise<object> {
  const { model, task } = attempt;
  if (media.way === 'direct') return directFilm(model, task);
  if (task.image === null) {
    const id = await createPost(attempt, { prompt: task.prompt });
    return postedFilm(model, media, task, { id, imageUrl: null });
  }
  const [asset] = await uploadAssets(attempt, [task.image], 'imagine');
  const uri = asset?.uri ?? null;
  if (uri === null) throw asUnused(unreadableFault('without an address'));
  const imageUrl = referenceUrl(uri);
  const id = await createPost(attempt, { imageUrl });
  return postedFilm(model, media, task, { id, imageUrl });
}

async function record(
  attempt: FilmCall,
  body: object,
  spending: { units: number },
  push: Feed['push'],
): Promise<VideoPart> {
  const frames = new FilmFrames();
  spending.units = attempt.model.units;
  try {
    for await (const frame of converse(attempt, body, '/imagine')) {
      const part = frames.step(frame);
      if (part !== null) push(part);
    }
  } catch (thrown) {
    const isFree = thrown instanceof ProviderError && isUncounted(thrown) && !frames.hasBegun;
    if (isFree) spending.units = 0;
    throw thrown;
  }
  return better(attempt, frames, frames.video());
}

/** A video that could only be made small is made larger where that is wanted. */
async function better(attempt: FilmCall, frames: FilmFrames, video: VideoPart): Promise<VideoPart> {
  const { task } = attempt;
  const isSmall = task.resolution === '720p' && frames.resolution === '480p';
  const { videoId } = frames;
  if (!isSmall || !task.upscale || videoId === null) return video;
  const url = await upscale(attempt, videoId);
  return url === null ? video : { ...video, url };
}

function mediaOf(model: ModelSpec): FilmSpec {
  const { media } = model;
  if (media?.task !== 'film') throw new Error(`${model.id} films nothing`);
  return media;
}
