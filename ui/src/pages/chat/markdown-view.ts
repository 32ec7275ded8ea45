import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { askedAgain } from '../../api/own-media';
import '../../components/copy-button';
import { Localize } from '../../i18n/localize';
import { shared } from '../../theme/shared';
import { blocksOf, renderBlock } from './markdown';
import { markdownStyles } from './markdown-styles';
import { messages } from './messages';

/** A picture is to be seen large. */
export class PictureOpenedEvent extends Event {
  constructor(
    readonly src: string,
    readonly alt: string,
  ) {
    super('picture-opened', { bubbles: true, composed: true });
  }
}

interface Shown {
  readonly raw: string;
  readonly element: HTMLElement;
}

/** What a model wrote, while it writes: a block that is whole is not made again. @fires picture-opened */
@customElement('markdown-view')
export class MarkdownView extends LitElement {
  static override styles = [
    shared,
    markdownStyles,
    css`
      :host {
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property() text = '';
  @query('.blocks') private blocks!: HTMLElement;
  readonly #i18n = new Localize(this, messages);
  #shown: Shown[] = [];
  #language = '';

  override render() {
    return html`<div class="blocks" @click=${this.#clicked}></div>`;
  }

  override updated(): void {
    // What was made holds words of ours, in the language of that moment.
    const { enlarge } = this.#i18n.text;
    if (this.#language !== enlarge) this.#forget(0);
    this.#language = enlarge;
    const tokens = blocksOf(this.text);
    const same = this.#shown.findIndex(({ raw }, index) => tokens[index]?.raw !== raw);
    this.#forget(same === -1 ? this.#shown.length : same);
    for (const token of tokens.slice(this.#shown.length)) {
      const element = document.createElement('div');
      element.append(renderBlock(token));
      this.#dress(element);
      this.blocks.append(element);
      this.#shown.push({ raw: token.raw, element });
    }
  }

  #forget(from: number): void {
    for (const { element } of this.#shown.splice(from)) element.remove();
  }

  /** Gives code its button, tables their scrolling, pictures their ways. */
  #dress(block: HTMLElement): void {
    for (const code of block.querySelectorAll('pre')) {
      const frame = document.createElement('div');
      frame.className = 'code';
      code.replaceWith(frame);
      const copy = document.createElement('copy-button');
      copy.value = code.textContent ?? '';
      code.tabIndex = 0;
      frame.append(code, copy);
    }
    for (const table of block.querySelectorAll('table')) {
      const frame = document.createElement('div');
      frame.className = 'table';
      frame.tabIndex = 0;
      table.replaceWith(frame);
      frame.append(table);
    }
    for (const image of block.querySelectorAll('img')) this.#dressImage(image);
  }

  #dressImage(image: HTMLImageElement): void {
    // In a link, a click follows it.
    if (image.closest('a') !== null) return;
    const { enlarge, pictureFailed } = this.#i18n.text;
    const frame = document.createElement('button');
    frame.type = 'button';
    frame.className = 'picture';
    frame.title = enlarge;
    frame.setAttribute('aria-label', `${enlarge}: ${image.alt}`);
    image.replaceWith(frame);
    const again = document.createElement('span');
    again.textContent = pictureFailed;
    frame.append(image, again);
    image.addEventListener('load', () => frame.classList.remove('broken'));
    image.addEventListener('error', () => frame.classList.add('broken'));
  }

  readonly #clicked = (event: Event): void => {
    const frame = event
      .composedPath()
      .find((node) => node instanceof HTMLElement && node.classList.contains('picture'));
    if (!(frame instanceof HTMLElement)) return;
    const image = frame.querySelector('img');
    if (image === null) return;
    if (!frame.classList.contains('broken')) {
      this.dispatchEvent(new PictureOpenedEvent(image.getAttribute('src') ?? '', image.alt));
      return;
    }
    const attempt = Number(frame.dataset['attempt'] ?? '0') + 1;
    frame.dataset['attempt'] = String(attempt);
    frame.dataset['src'] ??= image.getAttribute('src') ?? '';
    image.src = askedAgain(frame.dataset['src'], attempt);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'markdown-view': MarkdownView;
  }
}
