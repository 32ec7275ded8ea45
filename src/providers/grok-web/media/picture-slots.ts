import type { ImagePart, ImageProgressPart } from '../../provider';
import { fileKey } from './asset-url';

/** A picture that is ready to be handed out. */
export interface Picture {
  /** Absolute. */
  readonly url: string;
  /** Base64. */
  readonly base64?: string;
}

/** A run of places: `from` and those after it, up to but without `to`. */
export interface Places {
  readonly from: number;
  readonly to: number;
}

/**
 * The places of the pictures that a request asked for. Each picture is handed out once and keeps its
 * place; one too many for its call waits, to stand in for one that another call did not bring.
 */
export class PictureSlots {
  readonly #isTaken: boolean[];
  readonly #progress: number[];
  readonly #known = new Set<string>();
  readonly #withheld = new Set<string>();
  #spares: Picture[] = [];

  constructor(n: number) {
    this.#isTaken = Array.from({ length: n }, () => false);
    this.#progress = Array.from({ length: n }, () => 0);
  }

  get count(): number {
    return this.#isTaken.length;
  }

  get placed(): number {
    return this.#isTaken.filter(Boolean).length;
  }

  /** Places that have no picture, in order. */
  get missing(): readonly number[] {
    return this.#isTaken.flatMap((isTaken, index) => (isTaken ? [] : [index]));
  }

  /** How far the picture of a place is; null when that is nothing new. */
  progress(index: number, percent: number, base64?: string): ImageProgressPart | null {
    const last = this.#progress[index];
    if (last === undefined || percent <= last || this.#isTaken[index] === true) return null;
    this.#progress[index] = percent;
    const progress = Math.min(100, Math.floor(percent));
    return { type: 'image-progress', index, progress, ...(base64 !== undefined && { base64 }) };
  }

  /** Upstream withholds this one: it never comes out, whoever names it. */
  withhold(url: string): void {
    this.#withheld.add(fileKey(url));
  }

  /** Puts a picture at the place it prefers, else at the first free one; null when it waits or is known. */
  put(picture: Picture, places: Places, preferred: number): ImagePart | null {
    const key = fileKey(picture.url);
    if (this.#known.has(key) || this.#withheld.has(key)) return null;
    this.#known.add(key);
    const index = this.free(places, preferred);
    if (index !== null) return this.#take(index, picture);
    this.#spares.push(picture);
    return null;
  }

  /** Gives the pictures that wait to the places that are still free. */
  fill(): readonly ImagePart[] {
    const usable = this.#spares.filter(({ url }) => !this.#withheld.has(fileKey(url)));
    this.#spares = [];
    return this.missing.flatMap((index) => {
      const picture = usable.shift();
      return picture === undefined ? [] : [this.#take(index, picture)];
    });
  }

  /** The preferred place where it is free, else the first free one of these; null when there is none. */
  free({ from, to }: Places, preferred: number): number | null {
    const isFree = (index: number) => index >= from && index < to && this.#isTaken[index] === false;
    if (isFree(preferred)) return preferred;
    return this.missing.find(isFree) ?? null;
  }

  #take(index: number, picture: Picture): ImagePart {
    this.#isTaken[index] = true;
    return { type: 'image', index, ...picture };
  }
}
