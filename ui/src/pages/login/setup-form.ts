import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { setUp } from '../../api/session';
import '../../components/copy-button';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { SignedInEvent, textOf } from './login-form';
import { messages } from './messages';
import { strengthOf } from './strength';

/**
 * Makes the first admin, guarded by the set-up code, which a link may bring as `#code=`; then shows
 * the first API key, once.
 *
 * @fires signed-in
 */
@customElement('setup-form')
export class SetupForm extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      meter {
        width: 100%;
      }
      code {
        padding: 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--ground);
        font-family: var(--mono);
        overflow-wrap: anywhere;
        user-select: all;
      }
    `,
  ];

  /** Secrets that must be set before set-up is open. */
  @property({ attribute: false }) missing: readonly string[] = [];
  @state() private isBusy = false;
  @state() private failure = '';
  @state() private password = '';
  @state() private isShown = false;
  @state() private firstKey = '';
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    if (this.firstKey !== '') return this.#renderKey();
    if (this.missing.length > 0) {
      return html`
        <div class="stack">
          <p role="alert">${text.missing(this.missing.join(', '))}</p>
          <p class="muted">${text.missingHint}</p>
        </div>
      `;
    }
    return this.#renderForm();
  }

  #renderForm() {
    const { text } = this.#i18n;
    const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
    return html`
      <form class="stack" @submit=${this.#submit}>
        <h1>${text.setUp}</h1>
        <p class="muted">${text.setUpHint}</p>
        <label>
          ${text.code}
          <input name="code" .value=${code} autocomplete="off" spellcheck="false" required />
        </label>
        <label>
          ${text.username}
          <input name="username" autocomplete="username" autocapitalize="none" required />
        </label>
        ${this.#renderPassword()}
        ${this.failure === '' ? nothing : html`<p role="alert">${this.failure}</p>`}
        <button class="primary" ?disabled=${this.isBusy}>${text.create}</button>
      </form>
    `;
  }

  #renderPassword() {
    const { text } = this.#i18n;
    const strength = strengthOf(this.password);
    return html`
      <label>
        ${text.password}
        <input
          name="password"
          type=${this.isShown ? 'text' : 'password'}
          autocomplete="new-password"
          aria-describedby="password-hint"
          required
          @input=${(event: InputEvent) => {
            if (event.target instanceof HTMLInputElement) this.password = event.target.value;
          }}
        />
      </label>
      <label class="check">
        <input type="checkbox" @change=${() => (this.isShown = !this.isShown)} />
        ${text.showPassword}
      </label>
      <div id="password-hint" class="hint" aria-live="polite">
        <meter min="0" max="3" low="2" high="3" optimum="3" value=${strength}></meter>
        ${this.password === '' ? text.passwordHint : text.strength[strength]}
      </div>
    `;
  }

  #renderKey() {
    const { text } = this.#i18n;
    return html`
      <section class="stack">
        <h1>${text.firstKey}</h1>
        <code>${this.firstKey}</code>
        <copy-button wide .value=${this.firstKey}></copy-button>
        <p class="muted">${text.firstKeyHint}</p>
        <button
          class="primary"
          type="button"
          @click=${() => this.dispatchEvent(new SignedInEvent())}
        >
          ${text.goOn}
        </button>
      </section>
    `;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.isBusy || !(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    this.isBusy = true;
    this.failure = '';
    try {
      this.firstKey = await setUp({
        code: textOf(form, 'code'),
        username: textOf(form, 'username'),
        password: textOf(form, 'password'),
      });
      // The code is spent; it should not stay in the address bar.
      history.replaceState(null, '', location.pathname);
    } catch (thrown) {
      this.failure = errorText(thrown);
    } finally {
      this.isBusy = false;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'setup-form': SetupForm;
  }
}
