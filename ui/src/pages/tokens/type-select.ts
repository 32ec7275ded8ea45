import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Localize } from '../../i18n/localize';
import { tokenTypeName } from '../../i18n/names';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { type TokenType, TYPES } from './token-filter';

/** A pool was chosen. */
export class TypeChosenEvent extends Event {
  constructor(readonly chosen: TokenType) {
    super('type-chosen', { bubbles: true, composed: true });
  }
}

/** Chooses the pool that credentials go to. @fires type-chosen */
@customElement('type-select')
export class TypeSelect extends LitElement {
  static override styles = [shared, controls];

  @property({ attribute: false }) type: TokenType = 'sso';
  /** What can be chosen. */
  @property({ attribute: false }) types: readonly TokenType[] = TYPES;
  readonly #i18n = new Localize(this, messages);

  override render() {
    return html`
      <label>
        ${this.#i18n.text.pool}
        <select name="pool" @change=${this.#chosen}>
          ${this.types.map(
            (type) =>
              html`<option value=${type} ?selected=${type === this.type}>
                ${tokenTypeName(type)}
              </option>`,
          )}
        </select>
      </label>
    `;
  }

  readonly #chosen = (event: Event): void => {
    if (!(event.target instanceof HTMLSelectElement)) return;
    const { value } = event.target;
    const type = TYPES.find((known) => known === value);
    if (type === undefined) return;
    this.type = type;
    this.dispatchEvent(new TypeChosenEvent(type));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'type-select': TypeSelect;
  }
}
