import { html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';

const messages = {
  en: { copy: 'Copy', copied: 'Copied' },
  zh: { copy: '复制', copied: '已复制' },
};
const SHOWN_MS = 2_000;

/** Copies a text to the clipboard, and says that it did. */
@customElement('copy-button')
export class CopyButton extends LitElement {
  static override styles = [shared, controls];

  @property() value = '';
  /** With its word beside the icon. */
  @property({ type: Boolean }) wide = false;
  @state() private isCopied = false;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { copy, copied } = this.#i18n.text;
    const word = this.isCopied ? copied : copy;
    return html`
      <button
        type="button"
        class=${this.wide ? '' : 'plain icon'}
        aria-label=${word}
        title=${word}
        @click=${this.#copy}
      >
        ${icon(this.isCopied ? 'check' : 'copy')} ${this.wide ? word : ''}
      </button>
    `;
  }

  readonly #copy = async (): Promise<void> => {
    await copyText(this.value);
    this.isCopied = true;
    setTimeout(() => (this.isCopied = false), SHOWN_MS);
  };
}

/** Over plain http there is no clipboard object: a field that is selected serves as well. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement('textarea');
  field.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}

declare global {
  interface HTMLElementTagNameMap {
    'copy-button': CopyButton;
  }
}
