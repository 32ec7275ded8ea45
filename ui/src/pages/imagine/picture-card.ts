import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { askedAgain } from '../../api/own-media';
import { icon } from '../../components/icon';
import { fileName } from '../../components/picture-viewer';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import type { Picture } from './wall';

/** A picture is to be asked for once more. */
export class PictureRetriedEvent extends Event {
  constructor(readonly pictureId: string) {
    super('picture-retried', { bubbles: true, composed: true });
  }
}

/** A picture is to be seen large. */
export class PictureEnlargedEvent extends Event {
  constructor(readonly pictureId: string) {
    super('picture-enlarged', { bubbles: true, composed: true });
  }
}

/** One picture of the wall, however far it is. @fires picture-retried @fires picture-enlarged */
@customElement('picture-card')
export class PictureCard extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .frame {
        position: relative;
        overflow: hidden;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
      .view {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        place-items: center;
        width: 100%;
        height: auto;
        min-height: 6rem;
        padding: 0;
        overflow: hidden;
        border: 0;
        border-radius: 0;
        background: var(--ground);
      }
      button.view {
        cursor: zoom-in;
      }
      img {
        display: block;
        width: 100%;
        min-height: 6rem;
        object-fit: cover;
      }
      .preview {
        filter: blur(3px);
      }
      .words {
        display: grid;
        gap: 0.5rem;
        justify-items: center;
        padding: 0.75rem;
        text-align: center;
        overflow-wrap: anywhere;
      }
      progress {
        position: absolute;
        right: 0;
        bottom: 0;
        left: 0;
        width: 100%;
        height: 0.375rem;
        accent-color: var(--accent);
      }
      .save {
        position: absolute;
        right: 0.25rem;
        bottom: 0.25rem;
        width: var(--control);
        padding: 0;
      }
    `,
  ];

  @property({ attribute: false }) picture!: Picture;
  @state() private isBroken = false;
  @state() private attempt = 0;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { state: stands, url } = this.picture;
    if (stands === 'done' && url !== null) return this.#renderDone(url);
    return stands === 'drawing' ? this.#renderDrawing() : this.#renderFailed();
  }

  #renderDone(url: string) {
    const { text } = this.#i18n;
    const { id, prompt } = this.picture;
    if (this.isBroken) {
      return this.#renderWords(
        text.broken,
        html`<button type="button" @click=${this.#reload}>
          ${icon('refresh')} ${text.reload}
        </button>`,
      );
    }
    return html`
      <div class="frame">
        <button
          type="button"
          class="view"
          aria-label=${text.enlarge(prompt)}
          @click=${() => this.dispatchEvent(new PictureEnlargedEvent(id))}
        >
          <img
            src=${askedAgain(url, this.attempt)}
            alt=${prompt}
            .style=${this.#shape()}
            loading="lazy"
            @error=${() => (this.isBroken = true)}
          />
        </button>
        <a class="button save" href=${url} download=${fileName(url)} aria-label=${text.save}>
          ${icon('download')}
        </a>
      </div>
    `;
  }

  #renderDrawing() {
    const { text } = this.#i18n;
    const { preview, progress } = this.picture;
    return html`
      <div class="frame" aria-busy="true">
        <div class="view" .style=${this.#shape()}>
          ${
            preview === null
              ? html`<span class="muted small">
                  ${text.states.drawing} ${progress > 0 ? text.progress(progress) : nothing}
                </span>`
              : html`<img class="preview" src=${preview} alt=${text.preview} />`
          }
        </div>
        <progress max="100" value=${progress} aria-label=${text.states.drawing}></progress>
      </div>
    `;
  }

  #renderFailed() {
    const { text } = this.#i18n;
    const { id, failure, state: stands, again } = this.picture;
    const words = failure === null ? text.states[stands] : errorText(failure);
    const retry = html`
      <button type="button" @click=${() => this.dispatchEvent(new PictureRetriedEvent(id))}>
        ${icon('refresh')} ${text.retry}
      </button>
    `;
    return this.#renderWords(words, again === null ? nothing : retry);
  }

  #renderWords(words: string, action: unknown) {
    return html`
      <div class="frame">
        <div class="view" .style=${this.#shape()}>
          <div class="words small"><span>${words}</span> ${action}</div>
        </div>
      </div>
    `;
  }

  /** As tall as the picture will be: nothing moves when it comes. */
  #shape(): string {
    const [across, down] = this.picture.ratio.split(':').map(Number);
    return across !== undefined && down !== undefined && across > 0 && down > 0
      ? `aspect-ratio: ${across} / ${down}`
      : '';
  }

  readonly #reload = (): void => {
    this.attempt++;
    this.isBroken = false;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'picture-card': PictureCard;
  }
}
