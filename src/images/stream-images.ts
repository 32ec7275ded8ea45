import { EventStream } from '../calls/event-stream';
import type { CallRun } from '../calls/run-call';
import type { Watch } from '../calls/watch';
import type { Incomplete } from '../contract/images';
import { type AppError, toAppError } from '../errors';
import { sseEvent } from '../http/sse';
import { unixSeconds } from '../lib/time';
import type { ImageProgressPart } from '../providers/provider';
import type { Album } from './album';
import { draw, type DrawJob, type DrawSink } from './draw';
import type { Picture } from './picture';
import { estimateUsage, toImageUsage } from './usage';

/** What events say besides the picture. */
export interface EventStyle {
  readonly prefix: 'image_generation' | 'image_edit';
  readonly size: string;
  readonly quality: string;
  readonly background: string;
  /** Most previews of each picture; null sends all. */
  readonly previews: number | null;
}

/** A streamed answer: its response, and the work that goes on until the call is settled. */
export interface StreamedImages {
  /** The 200, or an AppError when the call failed before the head had to leave. */
  readonly response: Promise<Response>;
  /** Never rejects; to be held by `ctx.waitUntil`. */
  readonly work: Promise<void>;
}

/**
 * Draws and tells of each picture as it comes. A failure after the head is an `error` event, and the end.
 * What is missing is said by the last picture, if none of another had to be told after it, else by an event
 * of its own. So a picture is held until something follows it.
 */
export function streamImages(job: DrawJob, style: EventStyle, now: () => number): StreamedImages {
  const events = new EventStream();
  return { response: events.response, work: pump(events, job, style, now) };
}

async function pump(
  events: EventStream,
  job: DrawJob,
  style: EventStyle,
  now: () => number,
): Promise<void> {
  const sink = new EventSink(events, job, style, now);
  let failure: AppError | null = null;
  let lastWords: string;
  try {
    const { album } = await draw(job, sink);
    lastWords = sink.lastWords(album.incomplete());
  } catch (thrown) {
    failure = toAppError(thrown);
    lastWords = sseEvent('error', failure.body());
  }
  await events.close(lastWords, failure);
}

class EventSink implements DrawSink {
  readonly #events: EventStream;
  readonly #job: DrawJob;
  readonly #style: EventStyle;
  readonly #now: () => number;
  readonly #previews = new Map<number, { count: number; progress: number }>();
  #held: Picture | null = null;

  constructor(events: EventStream, job: DrawJob, style: EventStyle, now: () => number) {
    this.#events = events;
    this.#job = job;
    this.#style = style;
    this.#now = now;
  }

  get isHeadSent(): boolean {
    return this.#events.isHeadSent;
  }

  begin(run: CallRun, watch: Watch): void {
    this.#events.serve(run, watch);
  }

  head(): void {
    this.#events.hurry();
  }

  beat(): void {
    this.#events.beat();
  }

  progress({ index, progress, base64 }: ImageProgressPart): Promise<void> {
    const seen = this.#previews.get(index) ?? { count: 0, progress: -1 };
    const limit = this.#style.previews ?? Number.POSITIVE_INFINITY;
    // Told only when it is further along: upstream says much the same many times.
    if (progress <= seen.progress || seen.count >= limit) return this.#release();
    this.#previews.set(index, { count: seen.count + 1, progress });
    const { format } = this.#job;
    const event = this.#event('partial_image', {
      ...(format === 'b64_json' ? {} : { [format]: '' }),
      b64_json: base64 ?? '',
      partial_image_index: seen.count,
      index,
      progress,
      output_format: 'jpeg',
    });
    return this.#events.write(this.#takeHeld() + event);
  }

  picture(picture: Picture, album: Album): Promise<void> {
    const before = this.#takeHeld();
    if (!album.isFull) {
      this.#held = picture;
      return this.#events.write(before);
    }
    return this.#events.write(before + this.#completed(picture, null));
  }

  /** The picture that was held, with what is missing; without one, what is missing alone. */
  lastWords(incomplete: Incomplete | null): string {
    const held = this.#takeHeld(incomplete);
    return held === '' && incomplete !== null ? this.#event('incomplete', { incomplete }) : held;
  }

  #release(): Promise<void> {
    return this.#events.write(this.#takeHeld());
  }

  #takeHeld(incomplete: Incomplete | null = null): string {
    const held = this.#held;
    this.#held = null;
    return held === null ? '' : this.#completed(held, incomplete);
  }

  #completed({ index, value, fileType }: Picture, incomplete: Incomplete | null): string {
    const { input } = this.#job;
    return this.#event('completed', {
      ...value,
      index,
      output_format: fileType,
      // Of this picture alone, with the request that all of them share.
      usage: toImageUsage(estimateUsage(input, 1), input),
      ...(incomplete === null ? {} : { incomplete }),
    });
  }

  #event(name: 'partial_image' | 'completed' | 'incomplete', fields: object): string {
    const { prefix, size, quality, background } = this.#style;
    const type = `${prefix}.${name}`;
    const created_at = unixSeconds(this.#now());
    return sseEvent(type, { type, created_at, size, quality, background, ...fields });
  }
}
