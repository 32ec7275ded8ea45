import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import './app-dialog';
import { icon } from './icon';

/** One picture to look at. `src` is an own path or a `data:` URI. */
export interface ViewedPicture {
  readonly src: string;
  readonly alt: string;
}

/** Another picture is to be shown; -1 closes. */
export class PictureWantedEvent extends Event {
  constructor(readonly index: number) {
    super('picture-wanted', { bubbles: false, composed: true });
  }
}

const messages = {
  en: { previous: 'Previous picture', next: 'Next picture', save: 'Save', picture: 'Picture' },
  zh: { previous: '上一张', next: '下一张', save: '保存', picture: '图片' },
};

/** A picture over the page; arrows move, `Esc` closes. @fires picture-wanted */
@customElement('picture-viewer')
export class PictureViewer extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      app-dialog {
        --dialog-width: 60rem;
      }
      img {
        display: block;
        max-width: 100%;
        max-height: 64dvh;
        margin: 0 auto;
        border-radius: var(--radius-small);
      }
      p {
        max-height: 4.5em;
        margin-top: 0.5rem;
        overflow-y: auto;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) pictures: readonly ViewedPicture[] = [];
  @property({ type: Number }) index = -1;
  readonly #i18n = new Localize(this, messages);

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.#key);
  }

  override disconnectedCallback(): void {
    document.removeEventListener('keydown', this.#key);
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    const picture = this.pictures[this.index];
    if (picture === undefined) return nothing;
    const { src, alt } = picture;
    return html`
      <app-dialog .heading=${text.picture} @dialog-closed=${() => this.#want(-1)}>
        <img src=${src} alt=${alt} />
        ${alt === '' ? nothing : html`<p class="muted small" tabindex="0">${alt}</p>`}
        ${
          this.pictures.length < 2
            ? nothing
            : html`
                ${this.#renderMove('left', text.previous, -1)}
                ${this.#renderMove('right', text.next, 1)}
              `
        }
        <a slot="footer" class="button" href=${src} download=${fileName(src)}>
          ${icon('download')} ${text.save}
        </a>
      </app-dialog>
    `;
  }

  #renderMove(symbol: 'left' | 'right', label: string, step: number) {
    const next = this.index + step;
    return html`
      <button
        slot="footer"
        type="button"
        class="icon"
        aria-label=${label}
        ?disabled=${this.pictures[next] === undefined}
        @click=${() => this.#want(next)}
      >
        ${icon(symbol)}
      </button>
    `;
  }

  readonly #key = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || this.pictures[this.index + step] === undefined) return;
    this.#want(this.index + step);
  };

  #want(index: number): void {
    this.dispatchEvent(new PictureWantedEvent(index));
  }
}

/** What a saved picture is called. */
export function fileName(src: string): string {
  const ending = /^data:image\/(\w+)/.exec(src)?.[1]?.replace('jpeg', 'jpg') ?? 'jpg';
  const path = src.startsWith('data:') ? '' : (src.split('?')[0]?.split('/').at(-1) ?? '');
  return `picture-${path.replaceAll(/[^\w.-]/g, '').slice(-16) || Date.now()}.${ending}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'picture-viewer': PictureViewer;
  }
}
