import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';

/** The dialog was closed by its reader: mask, `Esc` or the cross. */
export class DialogClosedEvent extends Event {
  constructor() {
    super('dialog-closed', { bubbles: false, composed: true });
  }
}

const messages = { en: { close: 'Close' }, zh: { close: '关闭' } };

/**
 * A dialog over the page, centred, its content scrolling. Focus stays in it and returns to where it was.
 *
 * @slot - its content
 * @slot footer - its buttons
 * @fires dialog-closed
 */
@customElement('app-dialog')
export class AppDialog extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        display: contents;
      }
      dialog {
        width: min(100vw - 1.5rem, var(--dialog-width, 34rem));
        max-width: none;
        max-height: min(92dvh, 760px);
        padding: 0;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--raised);
        color: var(--text);
        box-shadow: var(--shadow);
      }
      dialog[open] {
        display: flex;
        flex-direction: column;
      }
      dialog::backdrop {
        background: var(--mask);
      }
      header,
      footer {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: center;
        padding: 0.75rem 1rem;
      }
      header {
        flex-wrap: nowrap;
        justify-content: space-between;
        border-bottom: 1px solid var(--line);
      }
      footer {
        justify-content: flex-end;
        border-top: 1px solid var(--line);
      }
      .body {
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: 1rem;
      }
    `,
  ];

  @property() heading = '';
  /** A dialog that waits for an answer is not closed by a click beside it. */
  @property({ type: Boolean }) modal = false;
  @property({ type: Boolean }) hasFooter = true;
  @query('dialog') private dialog!: HTMLDialogElement;
  readonly #i18n = new Localize(this, messages);

  override firstUpdated(): void {
    this.dialog.showModal();
  }

  override disconnectedCallback(): void {
    // Gives the focus back before the element is gone.
    if (this.dialog.open) this.dialog.close();
    super.disconnectedCallback();
  }

  override render() {
    return html`
      <dialog aria-labelledby="heading" @cancel=${this.#cancel} @click=${this.#clickBeside}>
        <header>
          <h2 id="heading">${this.heading}</h2>
          <button
            class="plain icon"
            type="button"
            aria-label=${this.#i18n.text.close}
            @click=${this.#close}
          >
            ${icon('close')}
          </button>
        </header>
        <div class="body"><slot></slot></div>
        ${this.hasFooter ? html`<footer><slot name="footer"></slot></footer>` : nothing}
      </dialog>
    `;
  }

  readonly #close = (): void => {
    this.dispatchEvent(new DialogClosedEvent());
  };

  readonly #cancel = (event: Event): void => {
    // Whoever shows the dialog decides, and takes it away.
    event.preventDefault();
    this.#close();
  };

  readonly #clickBeside = (event: MouseEvent): void => {
    if (this.modal || event.target !== this.dialog) return;
    const { left, right, top, bottom } = this.dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) this.#close();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'app-dialog': AppDialog;
  }
}
