import type { Part, PartStream, VideoPart } from '../providers/provider';
import { type VideoLinks, videoHtml } from './video-html';

/** Makes the links that a caller is given of what upstream made. */
type MakeLinks = (video: VideoPart) => Promise<VideoLinks>;

/** A video told in words, for a chat: its progress as reasoning, a line each time it grows, then HTML. */
export class VideoWords implements PartStream {
  readonly #stream: PartStream;
  readonly #link: MakeLinks;
  readonly #isPoster: boolean;
  #progress = -1;
  readonly unitsSpent?: () => number;

  constructor(stream: PartStream, link: MakeLinks, isPoster: boolean) {
    this.#stream = stream;
    this.#link = link;
    this.#isPoster = isPoster;
    if (stream.unitsSpent !== undefined) this.unitsSpent = stream.unitsSpent;
  }

  async read(): Promise<readonly Part[] | null> {
    for (;;) {
      const parts = await this.#stream.read();
      if (parts === null) return null;
      const told = (await Promise.all(parts.map((part) => this.#tell(part)))).filter(
        (part) => part !== null,
      );
      // Progress that did not grow says nothing, and a read never gives an empty list.
      if (told.length > 0) return told;
    }
  }

  cancel(): void {
    this.#stream.cancel();
  }

  async #tell(part: Part): Promise<Part | null> {
    if (part.type === 'video-progress') {
      if (part.progress <= this.#progress) return null;
      this.#progress = part.progress;
      return { type: 'reasoning-delta', text: `Filming: ${part.progress}%\n` };
    }
    if (part.type !== 'video') return part;
    return { type: 'text-delta', text: videoHtml(await this.#link(part), this.#isPoster) };
  }
}
