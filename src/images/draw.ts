import { mayFallBack, tellingFailure } from '../calls/fallback';
import type { CallRun } from '../calls/run-call';
import type { Watch, WatchLimits } from '../calls/watch';
import { watchCall } from '../calls/watch-call';
import type { ImageFormat } from '../contract/images';
import type { TokenUsage } from '../contract/usage';
import type { AppError } from '../errors';
import { logWarning } from '../lib/log';
import type { ImagePart, ImageProgressPart, Part } from '../providers/provider';
import { Album } from './album';
import { fileTypeOf, type Picture, type PictureOutlet, valueOf } from './picture';
import { estimateUsage, type InputTokens } from './usage';

/** One request for pictures. */
export interface DrawJob {
  /** Pictures asked for. */
  readonly n: number;
  readonly format: ImageFormat;
  /**
   * The call to make, and one to make in its place when it fails before any picture. Each is a call of
   * its own, with an id, an admission and a settlement of its own: the second draws from another bucket.
   */
  readonly runs: readonly [() => CallRun, ...(() => CallRun)[]];
  readonly limits: () => WatchLimits;
  readonly outlet: PictureOutlet;
  readonly input: InputTokens;
}

/** Whom the pictures are handed to. What it awaits holds the next part back. */
export interface DrawSink {
  /** A 200 has left. */
  readonly isHeadSent: boolean;
  /** A call begins: from now on this one is stopped when the client leaves. */
  begin(run: CallRun, watch: Watch): void;
  /** The head may not wait longer. */
  head(): void;
  /** There was silence. */
  beat(): void;
  progress(part: ImageProgressPart): Promise<void>;
  /** @param album - the picture is already in it. */
  picture(picture: Picture, album: Album): Promise<void>;
}

/** What came. */
export interface Drawn {
  readonly album: Album;
  readonly usage: TokenUsage;
}

/**
 * Draws until everything has come or nothing more will. What came is kept whatever happens after it.
 * @throws AppError when nothing came.
 */
export async function draw(job: DrawJob, sink: DrawSink): Promise<Drawn> {
  const [first, ...others] = job.runs;
  let outcome = await new Drawing(job, sink, first()).toEnd();
  for (const next of others) {
    if (!('failure' in outcome) || !outcome.mayFallBack) break;
    const run = next();
    const other = await new Drawing(job, sink, run).toEnd();
    outcome = 'failure' in other ? tellingFailure(outcome, other, run) : other;
  }
  if ('failure' in outcome) throw outcome.failure;
  return outcome;
}

interface Failed {
  readonly failure: AppError;
  readonly mayFallBack: boolean;
}

/** One call, from admission to settlement. */
class Drawing {
  readonly #job: DrawJob;
  readonly #sink: DrawSink;
  readonly #run: CallRun;
  readonly #album: Album;
  readonly #watch: Watch;
  #upstreamUsage: TokenUsage | null = null;

  constructor(job: DrawJob, sink: DrawSink, run: CallRun) {
    this.#job = job;
    this.#sink = sink;
    this.#run = run;
    this.#album = new Album(job.n);
    this.#watch = watchCall(run, job.limits, sink);
    sink.begin(run, this.#watch);
    if (sink.isHeadSent) this.#watch.headSent();
  }

  async toEnd(): Promise<Drawn | Failed> {
    const run = this.#run;
    try {
      await this.#read();
      return this.#drawn();
    } catch (thrown) {
      const failure = run.fail(thrown);
      const { hasClientLeft } = run.interruption;
      if (this.#album.delivered > 0 && !hasClientLeft) {
        this.#album.miss(failure.code);
        return this.#drawn();
      }
      return { failure, mayFallBack: !this.#album.isUnreadable && mayFallBack(run, thrown) };
    } finally {
      this.#watch.stop();
      this.#settle();
    }
  }

  async #read(): Promise<void> {
    const run = this.#run;
    let parts: readonly Part[] | null = await run.open();
    while (parts !== null) {
      this.#watch.rested();
      for (const part of parts) await this.#take(part);
      this.#watch.reading();
      parts = await run.read();
    }
    this.#album.assertNotEmpty();
  }

  async #take(part: Part): Promise<void> {
    switch (part.type) {
      case 'image':
        return this.#picture(part);
      case 'image-failed':
        return this.#album.miss(part.code);
      case 'image-progress':
        return this.#sink.progress(part);
      case 'finish':
        this.#upstreamUsage = part.usage;
        return;
      // Words beside the pictures: the answer of an image request has no place for them.
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
      case 'tool-call-delta':
      case 'source':
      case 'video-progress':
      case 'video':
      case 'thread':
      case 'about':
      case 'choice-end':
        return;
    }
  }

  async #picture(part: ImagePart): Promise<void> {
    if (!this.#album.wants(part)) return;
    const { format, outlet } = this.#job;
    const run = this.#run;
    let value: Picture['value'];
    try {
      value = await run.interruption.guard(valueOf(part, format, outlet, run.tokenId));
    } catch (thrown) {
      if (run.interruption.reason !== null) throw thrown;
      // Drawn but not to be had: this picture is missing, the others are not.
      this.#album.missUnreadable();
      logWarning('picture_not_readable', { error: thrown });
      return;
    }
    const index = this.#album.add(part);
    await this.#sink.picture({ index, value, fileType: fileTypeOf(part.url) }, this.#album);
  }

  #drawn(): Drawn {
    const { delivered } = this.#album;
    const usage = this.#upstreamUsage ?? estimateUsage(this.#job.input, delivered);
    return { album: this.#album, usage };
  }

  #settle(): void {
    const { delivered } = this.#album;
    const { hasClientLeft } = this.#run.interruption;
    this.#run.end({
      clientHasSome: delivered > 0,
      // With something to hand over the answer is a 200, whatever went wrong after it.
      isHeadSent: this.#sink.isHeadSent || (delivered > 0 && !hasClientLeft),
      usage: delivered === 0 ? null : this.#drawn().usage,
      // Who leaves pays for what was asked: upstream may have drawn all of it.
      ...(hasClientLeft ? {} : { charges: { image: delivered } }),
    });
  }
}
