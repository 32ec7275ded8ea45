import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';

/** The list has another item, or one less. */
export class ListChangedEvent extends Event {
  constructor(readonly items: readonly string[]) {
    super('list-changed', { bubbles: true, composed: true });
  }
}

const messages = {
  en: { add: 'Add', remove: (item: string) => `Remove ${item}` },
  zh: { add: '添加', remove: (item: string) => `移除 ${item}` },
};

/** A list of words: chosen from suggestions or typed, `Enter` adds. @fires list-changed */
@customElement('list-editor')
export class ListEditor extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0.375rem;
        margin: 0 0 0.375rem;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        max-width: 100%;
        padding-left: 0.625rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--ground);
        font-family: var(--mono);
        font-size: 0.8125rem;
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      .add {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) items: readonly string[] = [];
  @property({ attribute: false }) suggestions: readonly string[] = [];
  /** Names the field for screen readers. */
  @property() label = '';
  @property() placeholder = '';
  @property({ type: Boolean }) disabled = false;
  @property({ type: Boolean }) invalid = false;
  @query('input') private input!: HTMLInputElement;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      ${this.items.length === 0 ? nothing : this.#renderItems()}
      <div class="add">
        <input
          aria-label=${this.label}
          placeholder=${this.placeholder}
          list="suggestions"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          maxlength="200"
          aria-invalid=${this.invalid ? 'true' : nothing}
          ?disabled=${this.disabled}
          @keydown=${this.#key}
          @change=${(event: Event) => event.stopPropagation()}
        />
        <button type="button" ?disabled=${this.disabled} @click=${this.#add}>${text.add}</button>
      </div>
      <datalist id="suggestions">
        ${this.suggestions
          .filter((word) => !this.items.includes(word))
          .map((word) => html`<option value=${word}></option>`)}
      </datalist>
    `;
  }

  #renderItems() {
    const { text } = this.#i18n;
    return html`
      <ul>
        ${repeat(
          this.items,
          (item) => item,
          (item) => html`
            <li>
              ${item}
              <button
                type="button"
                class="plain icon"
                aria-label=${text.remove(item)}
                ?disabled=${this.disabled}
                @click=${() => this.#tell(this.items.filter((other) => other !== item))}
              >
                ${icon('close')}
              </button>
            </li>
          `,
        )}
      </ul>
    `;
  }

  /** Takes what is typed but not added yet, so that a form that is sent does not lose it. */
  flush(): void {
    this.#add();
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing) return;
    // The form around is not to be sent.
    event.preventDefault();
    this.#add();
  };

  readonly #add = (): void => {
    const item = this.input.value.trim();
    this.input.value = '';
    if (item !== '' && !this.items.includes(item)) this.#tell([...this.items, item]);
  };

  #tell(items: readonly string[]): void {
    this.dispatchEvent(new ListChangedEvent(items));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'list-editor': ListEditor;
  }
}
