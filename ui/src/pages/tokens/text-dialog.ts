import { html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import '../../components/app-dialog';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';

/** The text was given; null when the dialog was closed without one. */
export class TextGivenEvent extends Event {
  constructor(readonly text: string | null) {
    super('text-given');
  }
}

/** Asks for one line, such as a tag or a note. @fires text-given */
@customElement('text-dialog')
export class TextDialog extends LitElement {
  static override styles = [shared, controls];

  @property() heading = '';
  @property() label = '';
  @property({ type: Number }) maxlength = 50;
  /** A note may be emptied, a tag may not. */
  @property({ type: Boolean }) required = false;
  @property({ attribute: false }) suggestions: readonly string[] = [];
  @query('input') private input!: HTMLInputElement;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const { suggestions } = this;
    return html`
      <app-dialog .heading=${this.heading} guarded @dialog-closed=${() => this.#tell(null)}>
        <form id="form" @submit=${this.#submit}>
          <label>
            ${this.label}
            <input
              name="text"
              maxlength=${this.maxlength}
              autocomplete="off"
              list=${suggestions.length === 0 ? nothing : 'suggestions'}
              ?required=${this.required}
            />
          </label>
          <datalist id="suggestions">
            ${suggestions.map((one) => html`<option value=${one}></option>`)}
          </datalist>
        </form>
        <button slot="footer" type="button" @click=${() => this.#tell(null)}>${text.cancel}</button>
        <button slot="footer" type="submit" form="form" class="primary">${text.save}</button>
      </app-dialog>
    `;
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    this.#tell(this.input.value.trim());
  };

  #tell(text: string | null): void {
    if (text === '' && this.required) return;
    this.dispatchEvent(new TextGivenEvent(text));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'text-dialog': TextDialog;
  }
}
