import { Task } from '@lit/task';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { Language } from '../i18n/language';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';

/** One of many was chosen, or with an empty id none. */
export class ItemPickedEvent extends Event {
  constructor(readonly id: string) {
    super('item-picked', { bubbles: true, composed: true });
  }
}

/** What a picker says of what it picks. */
export interface PickerWords {
  readonly label: string;
  readonly search: string;
  readonly none: string;
  readonly gone: string;
  readonly clear: string;
}

/** Where a picker finds things, and how they look. One for each kind of thing. */
export interface PickerSource<T> {
  readonly words: Readonly<Record<Language, PickerWords>>;
  readonly idOf: (item: T) => string;
  /** The thing of an id; null when it is gone. */
  readonly read: (id: string, signal: AbortSignal) => Promise<T | null>;
  /** The first few that a text, or none, finds. */
  readonly find: (text: string, signal: AbortSignal) => Promise<readonly T[]>;
  /** What is shown of the one that is chosen. */
  readonly chosen: (item: T) => TemplateResult;
  /** A line to choose it by. */
  readonly row: (item: T) => TemplateResult;
}

const NO_WORDS: PickerWords = { label: '', search: '', none: '', gone: '', clear: '' };
const REST_MS = 250;

/** Finds one of any number of things by a text. @fires item-picked */
@customElement('item-picker')
export class ItemPicker<T> extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        position: relative;
        min-width: 0;
      }
      .chosen {
        display: flex;
        gap: 0.25rem;
        align-items: center;
        min-height: var(--control);
        padding-left: 0.625rem;
        border: 1px solid var(--accent);
        border-radius: var(--radius-small);
        background: var(--accent-soft);
        font-weight: 400;
      }
      .name {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      ul {
        position: absolute;
        z-index: 6;
        top: 100%;
        right: 0;
        left: 0;
        max-height: 60vh;
        margin: 0.25rem 0 0;
        padding: 0.25rem;
        overflow-y: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--raised);
        box-shadow: var(--shadow);
        list-style: none;
      }
      li button {
        display: grid;
        gap: 0;
        justify-content: start;
        justify-items: start;
        width: 100%;
        font-weight: 400;
        text-align: start;
        white-space: normal;
        overflow-wrap: anywhere;
      }
      li p {
        padding: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) source: PickerSource<T> | null = null;
  /** Id of the chosen one; empty for none. */
  @property() value = '';
  /** What the field holds; `text` is what is looked for. */
  @state() private typed = '';
  @state() private text = '';
  @state() private isOpen = false;
  @query('input') private input!: HTMLInputElement | null;
  readonly #i18n = new Localize(this, { en: 'en', zh: 'zh' } as const);

  readonly #chosen = new Task(this, {
    args: () => [this.source, this.value] as const,
    task: async ([source, id], { signal }) =>
      id === '' ? null : (source?.read(id, signal) ?? null),
  });

  readonly #found = new Task(this, {
    args: () => [this.source, this.text, this.isOpen] as const,
    task: async ([source, text, isOpen], { signal }) => {
      if (!isOpen || source === null) return null;
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      signal.throwIfAborted();
      return source.find(text, signal);
    },
  });

  override render() {
    return html`
      <div class="field" @focusout=${this.#left} @keydown=${this.#key}>
        <span>${this.#words.label}</span>
        ${this.value === '' ? this.#renderSearch() : this.#renderChosen()}
      </div>
    `;
  }

  get #words(): PickerWords {
    return this.source?.words[this.#i18n.text] ?? NO_WORDS;
  }

  #renderChosen() {
    const { gone, clear } = this.#words;
    const { value } = this.#chosen;
    return html`
      <div class="chosen">
        <span class="name" title=${this.value}>
          ${
            this.source === null || value === undefined || value === null
              ? html`<span class="mono">${this.value}</span>`
              : this.source.chosen(value)
          }
          ${value === null ? html`<span class="small">${gone}</span>` : nothing}
        </span>
        <button
          type="button"
          class="plain icon"
          aria-label=${clear}
          title=${clear}
          @click=${() => this.#pick('')}
        >
          ${icon('close')}
        </button>
      </div>
    `;
  }

  #renderSearch() {
    const { label, search, none } = this.#words;
    const found = this.isOpen ? (this.#found.value ?? null) : null;
    return html`
      <input
        type="search"
        role="combobox"
        aria-label=${label}
        aria-expanded=${found !== null}
        aria-controls="found"
        placeholder=${search}
        autocomplete="off"
        spellcheck="false"
        .value=${live(this.typed)}
        @focus=${() => (this.isOpen = true)}
        @input=${this.#input}
        @compositionend=${this.#input}
      />
      <ul id="found" aria-label=${label} ?hidden=${found === null}>
        ${found?.length === 0 ? html`<li><p class="muted small">${none}</p></li>` : nothing}
        ${found?.map((item) => this.#renderRow(item))}
      </ul>
    `;
  }

  #renderRow(item: T) {
    const { source } = this;
    if (source === null) return nothing;
    return html`
      <li>
        <button type="button" class="plain" @click=${() => this.#pick(source.idOf(item))}>
          ${source.row(item)}
        </button>
      </li>
    `;
  }

  readonly #input = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.typed = event.target.value;
    this.isOpen = true;
    // Letters of a word that is still being composed, as in Chinese, mean nothing yet.
    if (event instanceof InputEvent && event.isComposing) return;
    this.text = this.typed.trim();
  };

  readonly #left = (event: FocusEvent): void => {
    const { relatedTarget: next } = event;
    if (!(next instanceof Node) || !this.renderRoot.contains(next)) this.isOpen = false;
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.isOpen) return;
    event.stopPropagation();
    this.input?.focus();
    this.isOpen = false;
  };

  #pick(id: string): void {
    this.value = id;
    this.typed = '';
    this.text = '';
    this.isOpen = false;
    this.dispatchEvent(new ItemPickedEvent(id));
    // Choosing another begins where the former was shown.
    if (id === '') void this.updateComplete.then(() => this.input?.focus());
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'item-picker': ItemPicker<unknown>;
  }
}
