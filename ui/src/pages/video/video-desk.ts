import type { VideoObject } from '../../../../src/contract/videos';
import { createVideo, deleteVideo, readVideo, readVideos, type VideoAsk } from '../../api/videos';
import { apiKey } from '../../state/api-key';
import { Store } from '../../state/store';

const FIRST_POLL_MS = 2_000;
const MAX_POLL_MS = 15_000;
const SLOWER = 1.3;

/** The video jobs of this tab's key; those under way are asked after for as long as the page is shown. */
export class VideoDesk extends Store {
  videos: readonly VideoObject[] = [];
  hasMore = false;
  failure: unknown = null;
  isLoading = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pollMs = FIRST_POLL_MS;
  #key = '';
  #isShown = false;

  /** The page is shown, or another key is used: what runs is found in the list. */
  show(): void {
    this.#isShown = true;
    if (this.#key !== apiKey()) this.videos = [];
    this.#key = apiKey();
    void this.load();
  }

  hide(): void {
    this.#isShown = false;
    clearTimeout(this.#timer);
  }

  /** @param after goes on after what is shown */
  async load(after?: string): Promise<void> {
    const key = this.#key;
    if (key === '') {
      this.videos = [];
      this.changed();
      return;
    }
    this.isLoading = true;
    this.failure = null;
    this.changed();
    try {
      const page = await readVideos(key, after);
      if (key !== this.#key) return;
      const known = after === undefined ? [] : this.videos;
      this.videos = [...known, ...page.data];
      this.hasMore = page.has_more;
    } catch (thrown) {
      this.failure = thrown;
    } finally {
      this.isLoading = false;
      this.changed();
    }
    this.#pollMs = FIRST_POLL_MS;
    this.#plan();
  }

  async create(ask: VideoAsk): Promise<void> {
    const video = await createVideo(ask, apiKey());
    this.videos = [video, ...this.videos];
    this.changed();
    this.#pollMs = FIRST_POLL_MS;
    this.#plan();
  }

  async remove(id: string): Promise<void> {
    await deleteVideo(id, apiKey());
    this.videos = this.videos.filter((video) => video.id !== id);
    this.changed();
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (!this.#isShown || !this.videos.some(isRunning)) return;
    this.#timer = setTimeout(() => void this.#poll(), this.#pollMs);
  }

  async #poll(): Promise<void> {
    const key = this.#key;
    if (document.visibilityState === 'visible') {
      const running = this.videos.filter(isRunning);
      const news = await Promise.all(running.map((video) => this.#ask(video, key)));
      if (key !== this.#key) return;
      const hasMoved = news.some((video, index) => hasChanged(video, running[index]));
      // What moves is looked at often; what rests, ever more rarely.
      this.#pollMs = hasMoved ? FIRST_POLL_MS : Math.min(MAX_POLL_MS, this.#pollMs * SLOWER);
      const byId = new Map(news.map((video) => [video.id, video]));
      this.videos = this.videos.map((video) => byId.get(video.id) ?? video);
      this.changed();
    }
    this.#plan();
  }

  async #ask(video: VideoObject, key: string): Promise<VideoObject> {
    try {
      this.failure = null;
      return await readVideo(video.id, key);
    } catch (thrown) {
      // It is asked after again.
      this.failure = thrown;
      return video;
    }
  }
}

export function isRunning({ status }: VideoObject): boolean {
  return status === 'queued' || status === 'in_progress';
}

function hasChanged(video: VideoObject, before: VideoObject | undefined): boolean {
  return video.status !== before?.status || video.progress !== before.progress;
}
