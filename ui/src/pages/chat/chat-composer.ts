import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { icon } from '../../components/icon';
import { picturesOf } from '../../components/picture-file';
import '../../components/picture-picker';
import type { PicturePicker, PicturesChangedEvent } from '../../components/picture-picker';
import { Localize } from '../../i18n/localize';
import { keep, readKept, textOf } from '../../state/tab-store';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';

/** A message is to be sent. */
export class MessageWrittenEvent extends Event {
  constructor(
    readonly text: string,
    /** `data:` URIs */
    readonly images: readonly string[],
  ) {
    super('message-written', { bubbles: true, composed: true });
  }
}

/** The answer under way is to end. */
export class AnswerStoppedEvent extends Event {
  constructor() {
    super('answer-stopped', { bubbles: true, composed: true });
  }
}

const MAX_PICTURES = 8;
/** What is being written, over other pages and a reload. */
const DRAFT = 'chat-draft';

/** Where messages are written. @fires message-written @fires answer-stopped */
@customElement('chat-composer')
export class ChatComposer extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      form {
        display: grid;
        gap: 0.5rem;
        padding: 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      form[data-over] {
        border-color: var(--accent);
      }
      textarea {
        min-height: calc(var(--control) + 0.5rem);
        max-height: 30dvh;
        resize: none;
        field-sizing: content;
      }
    `,
  ];

  @property({ type: Boolean }) sending = false;
  /** There is a key and a model. */
  @property({ type: Boolean }) ready = false;
  @state() private images: readonly string[] = [];
  @state() private isOver = false;
  @state() private isEmpty = true;
  @query('textarea') private field!: HTMLTextAreaElement;
  @query('picture-picker') private picker!: PicturePicker;
  readonly #i18n = new Localize(this, messages);

  override firstUpdated(): void {
    this.field.value = textOf(readKept(DRAFT));
    this.#typed();
  }

  override render() {
    const { text } = this.#i18n;
    return html`
      <form
        ?data-over=${this.isOver}
        @submit=${this.#submit}
        @dragover=${this.#over}
        @dragleave=${() => (this.isOver = false)}
        @drop=${this.#dropped}
      >
        <textarea
          rows="1"
          aria-label=${text.message}
          placeholder=${text.messageHint}
          @keydown=${this.#key}
          @input=${this.#typed}
          @paste=${this.#pasted}
        ></textarea>
        <div class="row spread">
          <picture-picker
            class="grow"
            label=${text.attach}
            max=${MAX_PICTURES}
            .pictures=${this.images}
            @pictures-changed=${(event: PicturesChangedEvent) => (this.images = event.pictures)}
          ></picture-picker>
          ${this.sending ? this.#renderStop() : this.#renderSend()}
        </div>
      </form>
    `;
  }

  #renderSend() {
    const hasNothing = this.isEmpty && this.images.length === 0;
    return html`
      <button class="primary" ?disabled=${!this.ready || hasNothing}>
        ${this.#i18n.text.send}
      </button>
    `;
  }

  #renderStop() {
    return html`
      <button type="button" @click=${() => this.dispatchEvent(new AnswerStoppedEvent())}>
        ${icon('stop')} ${this.#i18n.text.stop}
      </button>
    `;
  }

  readonly #typed = (): void => {
    this.isEmpty = this.field.value.trim() === '';
    keep(DRAFT, this.field.value);
  };

  readonly #key = (event: KeyboardEvent): void => {
    // While a word is composed, as in Chinese, Enter ends the word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  };

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    this.#send();
  };

  #send(): void {
    const text = this.field.value.trim();
    if (this.sending || !this.ready || (text === '' && this.images.length === 0)) return;
    this.dispatchEvent(new MessageWrittenEvent(text, this.images));
    this.field.value = '';
    this.images = [];
    this.#typed();
    this.field.focus();
  }

  readonly #pasted = (event: ClipboardEvent): void => {
    const files = picturesOf(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    void this.picker.add(files);
  };

  readonly #over = (event: DragEvent): void => {
    event.preventDefault();
    this.isOver = true;
  };

  readonly #dropped = (event: DragEvent): void => {
    event.preventDefault();
    this.isOver = false;
    void this.picker.add(picturesOf(event.dataTransfer));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-composer': ChatComposer;
  }
}
