import { html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { focusedElement } from './focus';
import { icon } from './icon';
import { toast } from './toasts';

const messages = {
  en: {
    copy: 'Copy',
    copied: 'Copied',
    failed: 'The browser does not let this page copy: select the text and copy it yourself.',
  },
  zh: { copy: '复制', copied: '已复制', failed: '浏览器不允许复制，请手动选择并复制。' },
};
const SHOWN_MS = 2_000;

/** The text is in the clipboard. */
export class CopiedEvent extends Event {
  constructor() {
    super('copied', { bubbles: true, composed: true });
  }
}

/** Copies a text to the clipboard, and says whether it did. @fires copied */
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
    if (!(await copyText(this.value, this.renderRoot))) {
      toast(this.#i18n.text.failed, 'alarm');
      return;
    }
    this.dispatchEvent(new CopiedEvent());
    this.isCopied = true;
    setTimeout(() => (this.isCopied = false), SHOWN_MS);
  };
}

/**
 * Over plain http there is no clipboard object: a field that is selected serves as well. It goes beside
 * what was pressed, because nothing outside an open dialog can be selected.
 * @returns whether the text was copied.
 */
async function copyText(text: string, place: Node): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed here: the older way may be.
    }
  }
  const before = focusedElement();
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  place.appendChild(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  before?.focus();
  return isCopied;
}

declare global {
  interface HTMLElementTagNameMap {
    'copy-button': CopyButton;
  }
}
