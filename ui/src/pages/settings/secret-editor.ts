import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { isSecret } from './setting-check';
import { SettingEditedEvent } from './setting-edited';

/** A secret that can be replaced or cleared, and is never shown. @fires setting-edited */
@customElement('secret-editor')
export class SecretEditor extends LitElement {
  static override styles = [shared, controls];

  /** `{ set, mask }` as the gateway tells it, or the text that is to replace it; '' clears. */
  @property({ attribute: false }) value: unknown = null;
  @property() label = '';
  @property({ type: Number }) maxLength = 1;
  @property({ type: Boolean }) disabled = false;
  @state() private isTyping = false;
  readonly #i18n = new Localize(this, messages);
  #wasText = false;
  #isEmptied = false;

  override willUpdate(): void {
    // The edit was saved or taken back; a field that is merely empty stays.
    if (isSecret(this.value) && this.#wasText && !this.#isEmptied) this.isTyping = false;
    this.#wasText = !isSecret(this.value);
  }

  override render() {
    return this.isTyping ? this.#renderInput() : this.#renderState();
  }

  #renderInput() {
    return html`
      <div class="row">
        <input
          type="password"
          autocomplete="off"
          spellcheck="false"
          maxlength=${this.maxLength}
          aria-label=${this.label}
          .value=${typeof this.value === 'string' ? this.value : ''}
          ?disabled=${this.disabled}
          @input=${(event: Event) => {
            const typed = event.target instanceof HTMLInputElement ? event.target.value : '';
            this.#isEmptied = typed === '';
            this.#tell(typed === '' ? undefined : typed);
          }}
        />
        ${this.#renderButton(this.#i18n.text.undo, () => this.#undo())}
      </div>
    `;
  }

  #renderState() {
    const { text } = this.#i18n;
    const { value } = this;
    const type = (): void => {
      this.isTyping = true;
    };
    if (!isSecret(value)) {
      return html`
        <div class="row spread">
          <span>${text.secretCleared}</span> ${this.#renderButton(text.undo, () => this.#undo())}
        </div>
      `;
    }
    return html`
      <div class="row">
        <span class="mono grow">${value.set ? text.secretSet(value.mask) : text.secretUnset}</span>
        ${this.#renderButton(value.set ? text.replace : text.enter, type)}
        ${value.set ? this.#renderButton(text.clear, () => this.#tell('')) : nothing}
      </div>
    `;
  }

  #renderButton(label: string, act: () => void) {
    return html`
      <button
        type="button"
        aria-label="${label}: ${this.label}"
        ?disabled=${this.disabled}
        @click=${act}
      >
        ${label}
      </button>
    `;
  }

  #undo(): void {
    this.isTyping = false;
    this.#tell(undefined);
  }

  #tell(value: string | undefined): void {
    this.dispatchEvent(new SettingEditedEvent(value));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'secret-editor': SecretEditor;
  }
}
