import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { firstField, focusedElement } from './focus';
import { icon } from './icon';
import { ToastEvent } from './toasts';

/** The dialog was closed by its reader: mask, `Esc` or the cross. */
export class DialogClosedEvent extends Event {
  constructor() {
    super('dialog-closed', { bubbles: false, composed: true });
  }
}

const messages = {
  en: {
    close: 'Close',
    discard: 'Close without saving what you entered?',
    stay: 'Go on',
    leave: 'Close all the same',
  },
  zh: {
    close: '关闭',
    discard: '已填写的内容尚未保存，确定关闭？',
    stay: '继续填写',
    leave: '仍要关闭',
  },
};

/**
 * A dialog over the page, centred, its content scrolling. It opens with the focus on its first field, or
 * on its content, never on a button: a key that is pressed twice does nothing. The focus stays in it and
 * returns to where it was.
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
        outline: none;
      }
      .said {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
    `,
  ];

  @property() heading = '';
  /** A dialog that waits for an answer is not closed by a click beside it. */
  @property({ type: Boolean }) modal = false;
  /** Closed by its own buttons only: no cross, no `Esc`. */
  @property({ type: Boolean }) locked = false;
  /** A form: asks before it is closed with something typed in it. */
  @property({ type: Boolean }) guarded = false;
  /** Asked before it is closed, whatever was typed; empty for nothing. */
  @property() question = '';
  @property({ type: Boolean }) hasFooter = true;
  @state() private isAsking = false;
  /** What the page says meanwhile: nothing outside a modal dialog is read out. */
  @state() private said = '';
  @query('dialog') private dialog!: HTMLDialogElement;
  @query('.body') private body!: HTMLElement;
  @query('.stay') private stay!: HTMLButtonElement | null;
  readonly #i18n = new Localize(this, messages);
  #opener: HTMLElement | null = null;
  #isTouched = false;
  #isPressedBeside = false;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('toast', this.#say);
  }

  override firstUpdated(): void {
    this.#opener = focusedElement();
    // After the paint of the click that asked for it: over a long table it takes a while.
    requestAnimationFrame(() => setTimeout(() => this.#show()));
  }

  #show(): void {
    if (!this.isConnected) return;
    this.dialog.showModal();
    this.body.focus();
    // On a touch screen a field would call the keyboard over the dialog.
    if (matchMedia('(pointer: coarse)').matches) return;
    // Elements in it render after it.
    requestAnimationFrame(() => {
      if (focusedElement() === this.body) firstField(this)?.focus();
    });
  }

  override disconnectedCallback(): void {
    window.removeEventListener('toast', this.#say);
    super.disconnectedCallback();
    // A dialog that is taken out of the page gives nothing back by itself. After the paint: to move the
    // focus lays a long page out by itself.
    const opener = this.#opener;
    requestAnimationFrame(() => setTimeout(() => giveBack(opener)));
  }

  /** Closes it as its cross does: asks first where something would be lost. */
  requestClose(): void {
    const isAsked = this.question !== '' || (this.guarded && this.#isTouched);
    if (!isAsked) {
      this.#close();
      return;
    }
    this.isAsking = true;
    void this.updateComplete.then(() => this.stay?.focus());
  }

  override render() {
    return html`
      <dialog
        aria-labelledby="heading"
        @cancel=${this.#cancel}
        @close=${this.#reopen}
        @keydown=${this.#key}
        @input=${this.#touched}
        @pointerdown=${this.#pressed}
        @click=${this.#clickBeside}
      >
        ${this.#renderHeader()}
        <div class="body" tabindex="-1"><slot></slot></div>
        ${this.isAsking ? this.#renderQuestion() : nothing}
        ${
          this.hasFooter
            ? html`<footer ?hidden=${this.isAsking}><slot name="footer"></slot></footer>`
            : nothing
        }
        <div class="said" aria-live="polite">${this.said}</div>
      </dialog>
    `;
  }

  #renderHeader() {
    return html`
      <header>
        <h2 id="heading">${this.heading}</h2>
        ${
          this.locked
            ? nothing
            : html`<button
                class="plain icon"
                type="button"
                aria-label=${this.#i18n.text.close}
                @click=${() => this.requestClose()}
              >
                ${icon('close')}
              </button>`
        }
      </header>
    `;
  }

  #renderQuestion() {
    const { text } = this.#i18n;
    return html`
      <footer>
        <p class="grow" role="alert">${this.question === '' ? text.discard : this.question}</p>
        <button class="stay" type="button" @click=${this.#goOn}>${text.stay}</button>
        <button class="danger" type="button" @click=${this.#close}>${text.leave}</button>
      </footer>
    `;
  }

  readonly #goOn = (): void => {
    this.isAsking = false;
    this.body.focus();
  };

  readonly #close = (): void => {
    this.dispatchEvent(new DialogClosedEvent());
  };

  readonly #say = (event: Event): void => {
    if (event instanceof ToastEvent) this.said = event.text;
  };

  readonly #touched = (): void => {
    this.#isTouched = true;
  };

  /** Browsers let a second `Esc` close what has refused the first, unless the key itself is taken. */
  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    this.#dismiss();
  };

  readonly #cancel = (event: Event): void => {
    // Whoever shows the dialog decides, and takes it away.
    event.preventDefault();
    this.#dismiss();
  };

  #dismiss(): void {
    if (this.isAsking) this.#goOn();
    else if (!this.locked) this.requestClose();
  }

  /** The "back" of a phone closes it, whatever was answered: what must stay comes back. */
  readonly #reopen = (): void => {
    if (!this.isConnected) return;
    this.dialog.showModal();
    this.#dismiss();
  };

  /** A text that is selected beyond the edge is no click beside the dialog. */
  readonly #pressed = (event: PointerEvent): void => {
    this.#isPressedBeside = this.#isBeside(event);
  };

  readonly #clickBeside = (event: MouseEvent): void => {
    if (this.modal || this.locked) return;
    if (this.#isPressedBeside && this.#isBeside(event)) this.requestClose();
  };

  #isBeside(event: MouseEvent): boolean {
    if (event.target !== this.dialog) return false;
    const { left, right, top, bottom } = this.dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    return x < left || x > right || y < top || y > bottom;
  }
}

/** Nobody may have taken the focus meanwhile. */
function giveBack(opener: HTMLElement | null): void {
  if (opener?.isConnected === true && focusedElement() === null) opener.focus();
}

declare global {
  interface HTMLElementTagNameMap {
    'app-dialog': AppDialog;
  }
}
