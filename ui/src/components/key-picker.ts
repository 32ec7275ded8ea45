import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { KeyItem } from '../../../src/contract/keys';
import { findKeys } from '../api/keys';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';
import { pickerStyles } from './picker-styles';

/** A key was chosen, or with an empty id none. */
export class KeyPickedEvent extends Event {
  constructor(readonly id: string) {
    super('key-picked', { bubbles: true, composed: true });
  }
}

const messages = {
  en: {
    label: 'Key',
    search: 'Name, mask or id',
    none: 'No key fits.',
    gone: 'deleted key',
    clear: 'Choose another key',
  },
  zh: {
    label: '密钥',
    search: '名称、掩码或编号',
    none: '没有符合的密钥。',
    gone: '已删除的密钥',
    clear: '选择其他密钥',
  },
};
const REST_MS = 250;
const SHOWN = 8;

/** Finds one of any number of keys by its name, mask or id. @fires key-picked */
@customElement('key-picker')
export class KeyPicker extends LitElement {
  static override styles = [shared, controls, pickerStyles];

  /** Id of the chosen key; empty for none. */
  @property() value = '';
  @state() private text = '';
  @state() private isOpen = false;
  @query('input') private input!: HTMLInputElement | null;
  readonly #i18n = new Localize(this, messages);

  readonly #chosen = new Task(this, {
    args: () => [this.value] as const,
    task: async ([id], { signal }) =>
      id === '' ? null : ((await findKeys(id, SHOWN, signal)).find((key) => key.id === id) ?? null),
  });

  readonly #found = new Task(this, {
    args: () => [this.text, this.isOpen] as const,
    task: async ([search, isOpen], { signal }) => {
      if (!isOpen) return null;
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      signal.throwIfAborted();
      return findKeys(search.trim(), SHOWN, signal);
    },
  });

  override render() {
    return html`
      <div class="field" @focusout=${this.#left} @keydown=${this.#key}>
        <span>${this.#i18n.text.label}</span>
        ${this.value === '' ? this.#renderSearch() : this.#renderChosen()}
      </div>
    `;
  }

  #renderChosen() {
    const { text } = this.#i18n;
    const { value } = this.#chosen;
    return html`
      <div class="chosen">
        <span class="name" title=${this.value}>
          ${value?.name ?? html`<span class="mono">${this.value}</span>`}
          <span class="small">${value === null ? text.gone : nothing}</span>
        </span>
        <button
          type="button"
          class="plain icon"
          aria-label=${text.clear}
          title=${text.clear}
          @click=${() => this.#pick('')}
        >
          ${icon('close')}
        </button>
      </div>
    `;
  }

  #renderSearch() {
    const { text } = this.#i18n;
    const found = this.isOpen ? (this.#found.value ?? null) : null;
    return html`
      <input
        type="search"
        role="combobox"
        aria-label=${text.label}
        aria-expanded=${found !== null}
        aria-controls="found"
        placeholder=${text.search}
        autocomplete="off"
        spellcheck="false"
        .value=${this.text}
        @focus=${() => (this.isOpen = true)}
        @input=${this.#typed}
        @compositionend=${this.#typed}
      />
      <ul id="found" aria-label=${text.label} ?hidden=${found === null}>
        ${found?.length === 0 ? html`<li><p class="muted small">${text.none}</p></li>` : nothing}
        ${found?.map((key) => this.#renderKey(key))}
      </ul>
    `;
  }

  #renderKey({ id, name, display_key: mask }: KeyItem) {
    return html`
      <li>
        <button type="button" class="plain" @click=${() => this.#pick(id)}>
          <span>${name}</span>
          <span class="muted small mono">${mask}</span>
        </button>
      </li>
    `;
  }

  /** What is still being composed is no text to look for. */
  readonly #typed = (event: Event): void => {
    if (event instanceof InputEvent && event.isComposing) return;
    if (event.target instanceof HTMLInputElement) this.text = event.target.value;
    this.isOpen = true;
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
    this.text = '';
    this.isOpen = false;
    this.dispatchEvent(new KeyPickedEvent(id));
    // Choosing another begins where the key was shown.
    if (id === '') void this.updateComplete.then(() => this.input?.focus());
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'key-picker': KeyPicker;
  }
}
