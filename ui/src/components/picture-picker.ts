import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { formatBytes } from '../i18n/format';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';
import { MAX_PICTURE_BYTES, PICTURE_TYPES, readPicture } from './picture-file';
import { toast } from './toasts';

/** The chosen pictures are others now. */
export class PicturesChangedEvent extends Event {
  /** @param pictures `data:` URIs */
  constructor(readonly pictures: readonly string[]) {
    super('pictures-changed', { bubbles: true, composed: true });
  }
}

const messages = {
  en: {
    remove: (number: number) => `Remove picture ${number}`,
    chosen: (number: number) => `Chosen picture ${number}`,
    tooLarge: (name: string) => `${name} is larger than ${formatBytes(MAX_PICTURE_BYTES)}.`,
    notAPicture: (name: string) => `${name} is no PNG, JPEG, WebP or GIF.`,
    tooMany: (limit: number) => `Pictures at most: ${limit}.`,
  },
  zh: {
    remove: (number: number) => `移除第 ${number} 张图片`,
    chosen: (number: number) => `已选的第 ${number} 张图片`,
    tooLarge: (name: string) => `${name} 超过 ${formatBytes(MAX_PICTURE_BYTES)}。`,
    notAPicture: (name: string) => `${name} 不是 PNG、JPEG、WebP 或 GIF。`,
    tooMany: (limit: number) => `最多 ${limit} 张图片。`,
  },
};

/** Chosen pictures with their previews, and a button for more; others may `add` what was dropped. @fires pictures-changed */
@customElement('picture-picker')
export class PicturePicker extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .pictures {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: center;
      }
      figure {
        position: relative;
        margin: 0;
      }
      img {
        display: block;
        width: 4.5rem;
        height: 4.5rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        object-fit: cover;
      }
      figure button {
        position: absolute;
        right: 0;
        bottom: 0;
        background: var(--surface);
      }
    `,
  ];

  @property({ attribute: false }) pictures: readonly string[] = [];
  @property({ type: Number }) max = 1;
  /** What the button says. */
  @property() label = '';
  @query('input') private input!: HTMLInputElement;
  readonly #i18n = new Localize(this, messages);

  override render() {
    return html`
      <div class="pictures">
        ${this.pictures.map((picture, index) => this.#renderPicture(picture, index))}
        <button type="button" @click=${() => this.input.click()}>
          ${icon('plus')} ${this.label}
        </button>
        <input
          type="file"
          hidden
          accept=${PICTURE_TYPES}
          aria-label=${this.label}
          ?multiple=${this.max > 1}
          @change=${this.#chosen}
        />
      </div>
    `;
  }

  #renderPicture(picture: string, index: number) {
    const { text } = this.#i18n;
    return html`
      <figure>
        <img src=${picture} alt=${text.chosen(index + 1)} />
        <button
          type="button"
          class="icon"
          aria-label=${text.remove(index + 1)}
          @click=${() => this.#tell(this.pictures.filter((_, at) => at !== index))}
        >
          ${icon('close')}
        </button>
      </figure>
    `;
  }

  /** Takes files that were pasted, dropped or chosen; says of each that it cannot. */
  async add(files: readonly File[]): Promise<void> {
    const { text } = this.#i18n;
    const pictures: string[] = [];
    for (const file of files) {
      const { uri, fault } = await readPicture(file);
      if (uri !== null) pictures.push(uri);
      else if (fault === 'too_large') toast(text.tooLarge(file.name), 'alarm');
      else toast(text.notAPicture(file.name), 'alarm');
    }
    if (pictures.length === 0) return;
    // One place holds the newest; several say that they are full.
    const all = this.max === 1 ? pictures : [...this.pictures, ...pictures];
    if (all.length > this.max) toast(text.tooMany(this.max), 'alarm');
    this.#tell(all.slice(0, this.max));
  }

  readonly #chosen = async (): Promise<void> => {
    const files = [...(this.input.files ?? [])];
    // The same file may be chosen again.
    this.input.value = '';
    await this.add(files);
  };

  #tell(pictures: readonly string[]): void {
    this.dispatchEvent(new PicturesChangedEvent(pictures));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'picture-picker': PicturePicker;
  }
}
