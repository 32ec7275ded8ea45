import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { language, type Language } from './language';

/** One subject's messages in both languages. The second must have every key of the first. */
export type Dictionary<T> = Readonly<Record<Language, T>>;

/**
 * Gives an element its messages, and renders it again when the language changes.
 *
 * `private readonly i18n = new Localize(this, messages)`, then `this.i18n.text.title`.
 */
export class Localize<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #dictionary: Dictionary<T>;

  constructor(host: ReactiveControllerHost, dictionary: Dictionary<T>) {
    this.#host = host;
    this.#dictionary = dictionary;
    host.addController(this);
  }

  get text(): T {
    return this.#dictionary[language()];
  }

  hostConnected(): void {
    document.addEventListener('language-changed', this.#changed);
  }

  hostDisconnected(): void {
    document.removeEventListener('language-changed', this.#changed);
  }

  readonly #changed = (): void => this.#host.requestUpdate();
}
