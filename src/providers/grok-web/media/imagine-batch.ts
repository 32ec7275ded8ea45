import type { Part, ProviderError } from '../../provider';
import { inBandFault, moderatedFault, unreadableFault } from '../faults';
import { firstText, number, type Json } from '../narrow';
import { absoluteUrl, bareBase64, publicPictureUrl } from './asset-url';
import { PictureSlots } from './picture-slots';

/** One picture of the batch, put together from its frames. */
interface Slot {
  /** Its place upstream; null until a frame names it. */
  order: number | null;
  /** Its place in the answer, kept from its first preview on. */
  index: number | null;
  url: string;
  base64: string;
  /** Its last `image` frame was the finished picture, or at least no preview. */
  isDrawn: boolean;
  state: 'open' | 'placed' | 'withheld' | 'failed';
}

const COMPLETED: ReadonlySet<string> = new Set(['completed', 'done', 'success']);

/**
 * Reads the frames of one batch. A picture is final when it has data and upstream says that it is
 * complete, or says in the finished picture's own frame that it is not moderated. One that is drawn
 * and not judged yet is "ripe": it is taken when no judgement follows.
 */
export class ImagineBatch {
  readonly slots: PictureSlots;
  readonly #requestIds = new Set<string>();
  readonly #pictures = new Map<string, Slot>();

  constructor(n: number) {
    this.slots = new PictureSlots(n);
  }

  /** Upstream is asked, once more perhaps: what it said of an earlier round still counts. */
  expect(requestId: string): void {
    this.#requestIds.add(requestId);
  }

  /** All places are filled, or as many pictures have ended as were asked for and none is open. */
  get isDone(): boolean {
    if (this.slots.placed === this.slots.count) return true;
    const states = [...this.#pictures.values()].map(({ state }) => state);
    return states.length >= this.slots.count && !states.includes('open');
  }

  /** Nothing is missing but upstream's judgement. */
  get isRipe(): boolean {
    return this.begun >= this.slots.count && this.#areAllDrawn;
  }

  /** All that upstream has begun is drawn, and it has begun fewer than were asked for. */
  get isShort(): boolean {
    return this.hasBegun && this.begun < this.slots.count && this.#areAllDrawn;
  }

  /** Pictures that upstream has begun to draw, however they ended. */
  get begun(): number {
    return this.#pictures.size;
  }

  get #areAllDrawn(): boolean {
    return [...this.#pictures.values()].every(({ state, isDrawn }) => state !== 'open' || isDrawn);
  }

  /** Some picture has ended, in any way: the others should not take long. */
  get hasEnded(): boolean {
    return [...this.#pictures.values()].some(({ state }) => state !== 'open');
  }

  /** Upstream has begun to draw. */
  get hasBegun(): boolean {
    return this.begun > 0;
  }

  /** Why a place stays empty, where a picture of it, or any, was given up; null when upstream said nothing. */
  failure(): ProviderError | null {
    const states = [...this.#pictures.values()].map(({ state }) => state);
    if (states.includes('withheld')) return moderatedFault();
    return states.includes('failed') ? unreadableFault('picture failed') : null;
  }

  /**
   * @returns what the frame adds; null when it is none of this batch.
   * @throws ProviderError for an `error` frame.
   */
  step(frame: Json): readonly Part[] | null {
    const requestId = firstText(frame, 'request_id');
    if (requestId !== '' && !this.#requestIds.has(requestId)) return null;
    const { type } = frame;
    if (type === 'error') throw errorOf(frame);
    if (type !== 'json' && type !== 'image') return null;
    const id = idOf(frame);
    if (id === '') return null;
    const slot = this.#slot(id);
    slot.order =
      number(frame['side_by_side_index']) ??
      number(frame['order']) ??
      number(frame['grid_index']) ??
      slot.order;
    // A picture that has ended stays as it ended; only its judgement can still keep it from waiting places.
    if (frame['moderated'] === true) return this.#withhold(slot, id);
    if (slot.state !== 'open') return [];
    return type === 'image' ? this.#image(slot, id, frame) : this.#status(slot, id, frame);
  }

  /** Takes what is drawn and not judged: no judgement will follow. */
  takeRipe(): readonly Part[] {
    return [...this.#pictures].flatMap(([id, slot]) =>
      slot.state === 'open' && slot.isDrawn ? this.#place(slot, id) : [],
    );
  }

  #slot(id: string): Slot {
    const known = this.#pictures.get(id);
    if (known !== undefined) return known;
    const slot: Slot = {
      order: null,
      index: null,
      url: '',
      base64: '',
      isDrawn: false,
      state: 'open',
    };
    this.#pictures.set(id, slot);
    return slot;
  }

  #image(slot: Slot, id: string, frame: Json): readonly Part[] {
    const percent = number(frame['percentage_complete']) ?? number(frame['progress']) ?? 100;
    const base64 = bareBase64(firstText(frame, 'blob'));
    const url = firstText(frame, 'url', 'imageUrl', 'image_url');
    slot.isDrawn = percent >= 100 && (base64 !== null || url !== '');
    slot.url = url;
    slot.base64 = base64 ?? '';
    if (slot.isDrawn) return frame['moderated'] === false ? this.#place(slot, id) : [];
    const index = this.#indexOf(slot);
    const part =
      index === null
        ? null
        : this.slots.progress(index, Math.min(99, percent), base64 ?? undefined);
    return part === null ? [] : [part];
  }

  #status(slot: Slot, id: string, frame: Json): readonly Part[] {
    const status = firstText(frame, 'current_status').toLowerCase();
    if (status === 'error') {
      slot.state = 'failed';
      return [];
    }
    if (!COMPLETED.has(status)) return [];
    const url = firstText(frame, 'url', 'imageUrl', 'image_url');
    if (url !== '' && !slot.isDrawn) {
      // What came so far was a preview of this one.
      slot.url = url;
      slot.base64 = '';
      slot.isDrawn = true;
    }
    return slot.isDrawn ? this.#place(slot, id) : [];
  }

  #withhold(slot: Slot, id: string): readonly Part[] {
    this.slots.withhold(absoluteUrl(slot.url) ?? publicPictureUrl(id));
    if (slot.state === 'open') slot.state = 'withheld';
    return [];
  }

  #place(slot: Slot, id: string): readonly Part[] {
    slot.state = 'placed';
    const url = absoluteUrl(slot.url) ?? publicPictureUrl(id);
    const picture = slot.base64 === '' ? { url } : { url, base64: slot.base64 };
    const all = { from: 0, to: this.slots.count };
    slot.base64 = '';
    const part = this.slots.put(picture, all, this.#indexOf(slot) ?? -1);
    return part === null ? [] : [part];
  }

  /** The place it was given, else the one of its order, else any that no other picture was given. */
  #indexOf(slot: Slot): number | null {
    if (slot.index !== null) return slot.index;
    const given = new Set([...this.#pictures.values()].map(({ index }) => index));
    const free = this.slots.missing.filter((index) => !given.has(index));
    slot.index = free.find((index) => index === slot.order) ?? free[0] ?? null;
    return slot.index;
  }
}

/** `err_code` is a word here where other errors have a number. */
function errorOf(frame: Json): ProviderError {
  const code = firstText(frame, 'err_code');
  const message = firstText(frame, 'err_msg', 'err_message', 'error');
  return inBandFault({ code: code === 'rate_limit_exceeded' ? 8 : code, message });
}

function idOf(frame: Json): string {
  const named = firstText(frame, 'image_id', 'job_id', 'id');
  if (named !== '') return named;
  return /\/images\/([\da-f-]+)\.(?:png|jpe?g)/i.exec(firstText(frame, 'url'))?.[1] ?? '';
}
