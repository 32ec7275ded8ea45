import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { strengthOf } from '../login/strength';
import { messages } from './messages';

/** A field for a new password that says how good it is. */
@customElement('new-password')
export class NewPassword extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      meter {
        width: 100%;
      }
      .error {
        color: var(--alarm);
        font-size: 0.8125rem;
        font-weight: 400;
      }
    `,
  ];

  @property() label = '';
  @property() error = '';
  @property({ type: Boolean }) isShown = false;
  @state() private typed = '';
  readonly #i18n = new Localize(this, messages);

  get value(): string {
    return this.typed;
  }

  override render() {
    const { text } = this.#i18n;
    const strength = strengthOf(this.typed);
    return html`
      <div class="field">
        <label for="password">${this.label}</label>
        <input
          id="password"
          type=${this.isShown ? 'text' : 'password'}
          autocomplete="new-password"
          aria-describedby="hint error"
          aria-invalid=${this.error === '' ? nothing : 'true'}
          .value=${this.typed}
          @input=${(event: Event) => {
            if (event.target instanceof HTMLInputElement) this.typed = event.target.value;
          }}
        />
        ${
          this.error === ''
            ? nothing
            : html`<span class="error" id="error" role="alert">${this.error}</span>`
        }
      </div>
      <div id="hint" class="hint" aria-live="polite">
        <meter
          min="0"
          max="3"
          low="2"
          high="3"
          optimum="3"
          aria-label=${text.passwordHint}
          value=${strength}
        ></meter>
        ${this.typed === '' ? text.passwordHint : text.strength[strength]}
      </div>
    `;
  }

  clear(): void {
    this.typed = '';
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'new-password': NewPassword;
  }
}
