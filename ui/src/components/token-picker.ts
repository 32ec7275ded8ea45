import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { TokenItem } from '../../../src/contract/tokens';
import { readToken, readTokenPage } from '../api/tokens';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';
import { pickerStyles } from './picker-styles';

/** A token was chosen, or with an empty id none. */
export class TokenPickedEvent extends Event {
  constructor(readonly id: string) {
    super('token-picked', { bubbles: true, composed: true });
  }
}

const messages = {
  en: {
    label: 'Token',
    search: 'Mask, note or id',
    none: 'No token fits.',
    gone: 'not in the pool',
    clear: 'Choose another token',
  },
  zh: {
    label: '凭据',
    search: '掩码、备注或编号',
    none: '没有符合的凭据。',
    gone: '不在凭据池中',
    clear: '选择其他凭据',
  },
};
const REST_MS = 250;
const SHOWN = 8;

/** Finds one token by its mask, note or id. @fires token-picked */
@customElement('token-picker')
export class TokenPicker extends LitElement {
  static override styles = [shared, controls, pickerStyles];

  /** Id of the chosen token; empty for none. */
  @property() value = '';
  /** Types to choose from, as the list of tokens takes them; empty for all. */
  @property() type = '';
  /** What the field holds; `text` is what is looked for. */
  @state() private typed = '';
  @state() private text = '';
  @state() private isOpen = false;
  @query('input') private input!: HTMLInputElement | null;
  readonly #i18n = new Localize(this, messages);

  readonly #chosen = new Task(this, {
    args: () => [this.value] as const,
    task: ([id], { signal }) => (id === '' ? null : readToken(id, signal)),
  });

  readonly #found = new Task(this, {
    args: () => [this.text, this.isOpen, this.type] as const,
    task: async ([search, isOpen, type], { signal }) => {
      if (!isOpen) return null;
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      signal.throwIfAborted();
      const filter = { type, state: '', tag: '', search };
      return (await readTokenPage(filter, { after: '', limit: SHOWN }, signal)).items;
    },
  });

  override render() {
    const { text } = this.#i18n;
    return html`
      <div class="field" @focusout=${this.#left} @keydown=${this.#key}>
        <span>${text.label}</span>
        ${this.value === '' ? this.#renderSearch() : this.#renderChosen()}
      </div>
    `;
  }

  #renderChosen() {
    const { text } = this.#i18n;
    const token = this.#chosen.value ?? null;
    const isGone = this.#chosen.error !== undefined;
    return html`
      <div class="chosen">
        <span class="name" title=${this.value}>
          <span class="mono">${token?.token ?? this.value}</span>
          <span class="small">${isGone ? text.gone : (token?.note ?? '')}</span>
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
        .value=${live(this.typed)}
        @focus=${() => (this.isOpen = true)}
        @input=${this.#typed}
        @compositionend=${this.#typed}
      />
      <ul id="found" aria-label=${text.label} ?hidden=${found === null}>
        ${found?.length === 0 ? html`<li><p class="muted small">${text.none}</p></li>` : nothing}
        ${found?.map((token) => this.#renderToken(token))}
      </ul>
    `;
  }

  #renderToken({ id, token, note, provider, tier }: TokenItem) {
    return html`
      <li>
        <button type="button" class="plain" @click=${() => this.#pick(id)}>
          <span class="mono">${token}</span>
          <span class="muted small">${provider} ${tier}${note === '' ? '' : ` · ${note}`}</span>
        </button>
      </li>
    `;
  }

  readonly #typed = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.typed = event.target.value;
    this.isOpen = true;
    // Letters of a word that is still being composed, as in Chinese, mean nothing yet.
    if (event instanceof InputEvent && event.isComposing) return;
    this.text = this.typed.trim();
  };

  readonly #left = (event: FocusEvent): void => {
    const next = event.relatedTarget;
    const isWithin = next instanceof Node && this.renderRoot.contains(next);
    if (!isWithin) this.isOpen = false;
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
    this.dispatchEvent(new TokenPickedEvent(id));
    // Choosing another begins where the token was shown.
    if (id === '') void this.updateComplete.then(() => this.input?.focus());
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'token-picker': TokenPicker;
  }
}
