import type { ImagineMessage } from '../../api/imagine-socket';
import type { ImageAsk } from '../../api/images';
import { ApiError } from '../../api/call';
import { ownMedia } from '../../api/own-media';
import { fieldsOf, listOf, newId, numberOf, textOf } from '../../state/tab-store';

/** The pictures of a tab, newest first, and how each stands. */

export interface Picture {
  readonly id: string;
  /** The request or run that it belongs to, and its place there; null for a place that is not known. */
  readonly batch: string;
  readonly slot: number | null;
  readonly state: 'drawing' | 'done' | 'failed' | 'stopped';
  /** Percent. */
  readonly progress: number;
  /** `data:` URI of what can be seen so far. */
  readonly preview: string | null;
  readonly url: string | null;
  readonly prompt: string;
  readonly ratio: string;
  readonly elapsedMs: number | null;
  readonly failure: unknown;
  /** How to ask for it once more; null after a reload, when it failed long ago. */
  readonly again: DrawJob | null;
}

/** What pictures are asked for by. */
export interface DrawJob {
  readonly ask: ImageAsk;
  /** `data:` URIs of what is edited. */
  readonly sources: readonly string[];
}

export type Wall = readonly Picture[];

/** Most pictures shown at once; older ones go. */
const MAX_SHOWN = 200;

export function pending(batch: string, slot: number | null, job: DrawJob): Picture {
  const { prompt, size } = job.ask;
  return {
    id: newId(),
    batch,
    slot,
    state: 'drawing',
    progress: 0,
    preview: null,
    url: null,
    prompt,
    ratio: size,
    elapsedMs: null,
    failure: null,
    again: job,
  };
}

export function withNew(wall: Wall, pictures: readonly Picture[]): Wall {
  return [...pictures, ...wall].slice(0, MAX_SHOWN);
}

export function changed(wall: Wall, id: string, change: Partial<Picture>): Wall {
  return wall.map((picture) => (picture.id === id ? { ...picture, ...change } : picture));
}

/** The one of a batch at this place that is still being drawn. */
export function drawingAt(wall: Wall, batch: string, slot: number | null): Picture | undefined {
  return wall.find(
    (one) => one.batch === batch && one.state === 'drawing' && (slot === null || one.slot === slot),
  );
}

/** Those that are still being drawn come to this end. */
export function ended(wall: Wall, batch: string, change: Pick<Picture, 'state' | 'failure'>): Wall {
  return wall.map((one) =>
    one.batch === batch && one.state === 'drawing' ? { ...one, ...change } : one,
  );
}

export function finished(url: string, elapsedMs: number): Partial<Picture> {
  return { state: 'done', progress: 100, preview: null, url: ownMedia(url), elapsedMs };
}

/** A code of the API as a failure that can be told. */
export function failureOf(code: string, message: string): ApiError {
  return new ApiError(200, code, message, null, null);
}

/** What a session tells of its pictures. `job` makes a picture again. */
export function afterMessage(wall: Wall, message: ImagineMessage, job: DrawJob): Wall {
  switch (message.type) {
    case 'preview': {
      const { run_id: batch, slot, progress, b64_json: base64 } = message;
      const known = drawingAt(wall, batch, slot);
      const preview = base64 === undefined ? {} : { preview: `data:image/jpeg;base64,${base64}` };
      if (known !== undefined) return changed(wall, known.id, { progress, ...preview });
      return withNew(wall, [{ ...pending(batch, slot, job), progress, ...preview }]);
    }
    case 'image': {
      const { run_id: batch, url, elapsed_ms: elapsedMs } = message;
      // It is not said which one: the one that is furthest.
      const [done] = wall
        .filter((one) => one.batch === batch && one.state === 'drawing')
        .toSorted((a, b) => b.progress - a.progress);
      if (done !== undefined) return changed(wall, done.id, finished(url, elapsedMs));
      return withNew(wall, [{ ...pending(batch, null, job), ...finished(url, elapsedMs) }]);
    }
    case 'error': {
      if (!('run_id' in message)) return wall;
      const { run_id: batch, code, message: words } = message;
      const failed = { state: 'failed', failure: failureOf(code, words) } as const;
      const open = wall.findLast((one) => one.batch === batch && one.state === 'drawing');
      if (open !== undefined) return changed(wall, open.id, failed);
      return withNew(wall, [{ ...pending(batch, null, job), ...failed }]);
    }
    case 'status':
      if (message.status === 'running' || message.run_id === null) return wall;
      return wall.filter((one) => one.batch !== message.run_id || one.state !== 'drawing');
    case 'attached':
    case 'pong':
      return wall;
  }
}

export interface WallFigures {
  readonly count: number;
  /** Mean time from asking to the picture; null before the first. */
  readonly meanMs: number | null;
}

export function figuresOf(wall: Wall): WallFigures {
  const times = wall.flatMap(({ state, elapsedMs }) =>
    state === 'done' && elapsedMs !== null ? [elapsedMs] : [],
  );
  const sum = times.reduce((all, ms) => all + ms, 0);
  return {
    count: wall.filter(({ state }) => state === 'done').length,
    meanMs: times.length === 0 ? null : sum / times.length,
  };
}

const MAX_KEPT = 100;

/** What a reload finds again: links, no bytes. */
export function keepable(wall: Wall): readonly object[] {
  return wall
    .filter(({ state, url }) => state === 'done' && url !== null)
    .slice(0, MAX_KEPT)
    .map(({ batch, url, prompt, ratio, elapsedMs }) => ({ batch, url, prompt, ratio, elapsedMs }));
}

export function restored(value: unknown): Wall {
  return listOf(value).map((kept) => {
    const { batch, url, prompt, ratio, elapsedMs } = fieldsOf(kept);
    const ask = { prompt: textOf(prompt), model: '', n: 1, size: textOf(ratio), concurrency: 1 };
    return {
      ...pending(textOf(batch), null, { ask, sources: [] }),
      ...finished(textOf(url), 0),
      elapsedMs: numberOf(elapsedMs),
      again: null,
    };
  });
}
