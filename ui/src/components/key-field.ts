import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { apiKey, useApiKey } from '../state/api-key';
import { controls, shared } from '../theme/shared';

const messages = {
  en: {
    label: 'API key',
    hint: 'Calls are made with this key and count against its limits. Only this tab keeps it.',
    create: 'Create a key',
    show: 'Show',
    hide: 'Hide',
  },
  zh: {
    label: 'API 密钥',
    hint: '使用此密钥调用，并计入它的限额。仅保存在当前标签页。',
    create: '创建密钥',
    show: '显示',
    hide: '隐藏',
  },
};

/** The key that this tab's playgrounds call with. Others hear of it by `api-key-changed` on `window`. */
@customElement('key-field')
export class KeyField extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      form {
        display: grid;
        gap: 0.25rem;
        min-width: 0;
      }
      .entry {
        display: flex;
        gap: 0.5rem;
      }
      input {
        font-family: var(--mono);
      }
    `,
  ];

  @state() private isShown = false;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <form @submit=${this.#submit}>
        <label for="key">${text.label}</label>
        <div class="entry">
          <input
            id="key"
            type=${this.isShown ? 'text' : 'password'}
            autocomplete="off"
            spellcheck="false"
            placeholder="sk-…"
            aria-describedby="hint"
            .value=${apiKey()}
            @change=${this.#changed}
          />
          <button
            type="button"
            aria-pressed=${this.isShown}
            @click=${() => (this.isShown = !this.isShown)}
          >
            ${this.isShown ? text.hide : text.show}
          </button>
        </div>
        <span id="hint" class="hint">
          ${text.hint}
          <a href="/admin/keys">${text.create}</a>
        </span>
      </form>
    `;
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    this.#use();
  };

  readonly #changed = (): void => this.#use();

  #use(): void {
    const field = this.renderRoot.querySelector('input');
    useApiKey(field?.value.trim() ?? '');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'key-field': KeyField;
  }
}
