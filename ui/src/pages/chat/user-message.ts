import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '../../components/copy-button';
import { icon } from '../../components/icon';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { PictureOpenedEvent } from './markdown-view';
import { messages } from './messages';
import { type UserTurn, userTurn } from './turns';

/** A message was said in other words. */
export class MessageEditedEvent extends Event {
  constructor(
    readonly turnId: string,
    readonly text: string,
  ) {
    super('message-edited', { bubbles: true, composed: true });
  }
}

/** What the reader said, as it was said. @fires message-edited @fires picture-opened */
@customElement('user-message')
export class UserMessage extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        justify-self: end;
        min-width: 0;
        max-width: 100%;
      }
      .bubble {
        display: grid;
        gap: 0.5rem;
        padding: 0.625rem 0.875rem;
        border-radius: var(--radius);
        background: var(--accent-soft);
      }
      .words {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .picture {
        height: auto;
        padding: 0;
        overflow: hidden;
        cursor: zoom-in;
      }
      img {
        display: block;
        min-width: var(--control);
        max-width: 8rem;
        min-height: var(--control);
        max-height: 8rem;
        object-fit: contain;
      }
      .actions {
        justify-content: end;
      }
      textarea {
        width: min(70vw, 40rem);
      }
    `,
  ];

  @property({ attribute: false }) turn: UserTurn = userTurn('', []);
  /** An answer is under way. */
  @property({ type: Boolean }) busy = false;
  @state() private isEdited = false;
  @query('textarea') private field!: HTMLTextAreaElement;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <div class="bubble" aria-label=${text.you} role="group">
        ${this.turn.images.length === 0 ? nothing : this.#renderImages()}
        ${this.isEdited ? this.#renderEditor() : html`<div class="words">${this.turn.text}</div>`}
      </div>
      ${this.isEdited ? nothing : this.#renderActions()}
    `;
  }

  #renderImages() {
    const { text } = this.#i18n;
    return html`
      <div class="row">
        ${this.turn.images.map(
          (image, index) => html`
            <button
              type="button"
              class="picture"
              aria-label=${text.enlarge}
              @click=${() => this.dispatchEvent(new PictureOpenedEvent(image, ''))}
            >
              <img src=${image} alt=${text.attachedPicture(index + 1)} />
            </button>
          `,
        )}
      </div>
    `;
  }

  #renderActions() {
    const { text } = this.#i18n;
    return html`
      <div class="row actions">
        <copy-button .value=${this.turn.text}></copy-button>
        <button
          type="button"
          class="plain icon"
          aria-label=${text.editMessage}
          title=${text.edit}
          ?disabled=${this.busy}
          @click=${this.#edit}
        >
          ${icon('edit')}
        </button>
      </div>
    `;
  }

  #renderEditor() {
    const { text } = this.#i18n;
    return html`
      <textarea aria-label=${text.editMessage} .value=${this.turn.text}></textarea>
      <div class="row actions">
        <button type="button" @click=${() => (this.isEdited = false)}>${text.cancel}</button>
        <button type="button" class="primary" ?disabled=${this.busy} @click=${this.#resend}>
          ${text.resend}
        </button>
      </div>
    `;
  }

  readonly #edit = async (): Promise<void> => {
    this.isEdited = true;
    await this.updateComplete;
    this.field.focus();
  };

  readonly #resend = (): void => {
    const words = this.field.value.trim();
    if (words === '' && this.turn.images.length === 0) return;
    this.isEdited = false;
    this.dispatchEvent(new MessageEditedEvent(this.turn.id, words));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'user-message': UserMessage;
  }
}
