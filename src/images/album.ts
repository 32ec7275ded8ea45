import type { Incomplete } from '../contract/images';
import { type ImagePart, ProviderError, type ProviderErrorCode } from '../providers/provider';

/** The pictures of one request as they come: each once, each at its place, no more than were asked for. */
export class Album {
  readonly #wanted: number;
  readonly #urls = new Map<string, number>();
  readonly #taken = new Set<number>();
  readonly #reasons = new Set<string>();
  /** Some were drawn, and could not be handed over. */
  #isUnreadable = false;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  get delivered(): number {
    return this.#taken.size;
  }

  /** All that were asked for have come. */
  get isFull(): boolean {
    return this.delivered >= this.#wanted;
  }

  /** Upstream gives pictures in pairs, and some of them twice. */
  wants(part: ImagePart): boolean {
    return !this.isFull && !this.#urls.has(part.url);
  }

  /** @returns the picture's place: its own where that is free, else the first free one. */
  add({ url, index }: ImagePart): number {
    let place = index ?? 0;
    if (place < 0 || place >= this.#wanted || this.#taken.has(place)) {
      place = 0;
      while (this.#taken.has(place)) place += 1;
    }
    this.#taken.add(place);
    this.#urls.set(url, place);
    return place;
  }

  /** A picture will not come. @param reason - an error code. */
  miss(reason: string): void {
    this.#reasons.add(reason);
  }

  /** A picture was drawn and cannot be handed over: upstream counted it, and nobody upstream is to blame. */
  missUnreadable(): void {
    this.#isUnreadable = true;
    this.miss('upstream_error');
  }

  /** One that was added cannot be handed over after all: its place is free again. */
  lose({ url }: ImagePart): void {
    const place = this.#urls.get(url);
    if (place !== undefined) this.#taken.delete(place);
    this.missUnreadable();
  }

  /** Whether upstream drew pictures that could not be handed over: drawing again would spend as much again. */
  get isUnreadable(): boolean {
    return this.#isUnreadable;
  }

  /** What is owed; null when everything came. */
  incomplete(): Incomplete | null {
    if (this.isFull) return null;
    const reasons = this.#reasons.size === 0 ? ['upstream_error'] : [...this.#reasons];
    return { requested: this.#wanted, delivered: this.delivered, reasons };
  }

  /** Throws when upstream has ended without a single picture. @throws ProviderError */
  assertNotEmpty(): void {
    if (this.delivered > 0) return;
    if (this.#reasons.has('content_policy_violation')) {
      throw new ProviderError(
        'The upstream withheld every picture: its content policy does not allow them.',
        'refused',
        'content_policy_violation',
        { retryable: false, counted: true, reason: 'moderated' },
      );
    }
    if (this.#isUnreadable) {
      throw new ProviderError(
        'A picture was drawn, and could not be read from the upstream.',
        'refused',
        'upstream_error',
        { retryable: false, counted: true, reason: 'picture not readable' },
      );
    }
    const code = [...this.#reasons].find(isProviderCode) ?? 'upstream_error';
    throw new ProviderError('The upstream gave no picture.', 'faulty', code, {
      retryable: true,
      reason: 'no picture',
    });
  }
}

const PROVIDER_CODES: ReadonlySet<string> = new Set<ProviderErrorCode>([
  'upstream_refused',
  'upstream_blocked',
  'upstream_unauthorized',
  'upstream_cut',
  'upstream_timeout',
  'pool_exhausted',
]);

function isProviderCode(code: string): code is ProviderErrorCode {
  return PROVIDER_CODES.has(code);
}
