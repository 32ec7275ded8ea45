import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';

/** The text to search for has changed, and rested a moment. */
export class SearchedEvent extends Event {
  constructor(readonly text: string) {
    super('searched', { bubbles: true, composed: true });
  }
}

const messages = { en: { search: 'Search' }, zh: { search: '搜索' } };
const REST_MS = 250;

/** A search field; `/` goes to it, `Esc` empties it. @fires searched */
@customElement('search-box')
export class SearchBox extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        position: relative;
        flex: 1 1 14rem;
        min-width: 0;
      }
      svg {
        position: absolute;
        top: calc(50% - 0.5625rem);
        left: 0.625rem;
        color: var(--muted);
        pointer-events: none;
      }
      input {
        padding-left: 2.25rem;
      }
    `,
  ];

  @property() value = '';
  @property() placeholder = '';
  @query('input') private input!: HTMLInputElement;
  readonly #i18n = new Localize(this, messages);
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.#slash);
  }

  override disconnectedCallback(): void {
    document.removeEventListener('keydown', this.#slash);
    clearTimeout(this.#timer);
    super.disconnectedCallback();
  }

  override render() {
    const name = this.placeholder === '' ? this.#i18n.text.search : this.placeholder;
    return html`
      ${icon('search')}
      <input
        type="search"
        aria-label=${name}
        placeholder="${name} ( / )"
        autocomplete="off"
        spellcheck="false"
        @input=${this.#typed}
        @compositionend=${this.#typed}
        @keydown=${this.#key}
      />
    `;
  }

  readonly #slash = (event: KeyboardEvent): void => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(event)) return;
    event.preventDefault();
    this.input.focus();
  };

  /** What is typed is not written back: only another value, such as that of a cleared filter, is. */
  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('value') || this.input.value.trim() === this.value) return;
    this.input.value = this.value;
  }

  readonly #typed = (event: Event): void => {
    clearTimeout(this.#timer);
    // Letters of a word that is still being composed, as in Chinese, mean nothing yet.
    if (event instanceof InputEvent && event.isComposing) return;
    this.#timer = setTimeout(() => this.#tell(), REST_MS);
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.input.value !== '') {
      event.stopPropagation();
      this.input.value = '';
      this.#tell();
    }
    if (event.key === 'Enter' && !event.isComposing) this.#tell();
  };

  #tell(): void {
    clearTimeout(this.#timer);
    const text = this.input.value.trim();
    if (text === this.value) return;
    this.value = text;
    this.dispatchEvent(new SearchedEvent(text));
  }
}

function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return (
    target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'search-box': SearchBox;
  }
}
