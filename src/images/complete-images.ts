import type { ImagesAnswer, ImageValue } from '../contract/images';
import { unixSeconds } from '../lib/time';
import { draw, type DrawJob } from './draw';
import { toImageUsage } from './usage';

/**
 * Draws to the end and gives the pictures whole, in order. Fewer than were asked for are said to be so.
 * @throws AppError when there is none.
 */
export async function completeImages(job: DrawJob, now: () => number): Promise<ImagesAnswer> {
  const values = new Map<number, ImageValue>();
  const { album, usage } = await draw(job, {
    isHeadSent: false,
    begin: nothing,
    head: nothing,
    beat: nothing,
    progress: () => Promise.resolve(),
    picture: ({ index, value }) => {
      values.set(index, value);
      return Promise.resolve();
    },
  });
  const incomplete = album.incomplete();
  return {
    created: unixSeconds(now()),
    data: [...values].sort(([a], [b]) => a - b).map(([, value]) => value),
    usage: toImageUsage(usage, job.input),
    ...(incomplete === null ? {} : { incomplete }),
  };
}

/** A whole answer has no head to hurry and no silence to fill. */
function nothing(): void {}
