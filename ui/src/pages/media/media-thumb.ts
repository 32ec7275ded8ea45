import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { icon } from '../../components/icon';
import { shared } from '../../theme/shared';

/** A small picture, loaded once it is scrolled to; a sign where there is none. */
@customElement('media-thumb')
export class MediaThumb extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        place-items: center;
        width: var(--thumb-size, 4rem);
        aspect-ratio: 1;
        overflow: hidden;
        border-radius: var(--radius-small);
        background: var(--ground);
        color: var(--muted);
      }
      img {
        width: 100%;
        height: 100%;
        object-fit: cover;
      }
      svg {
        width: 1.5rem;
        height: 1.5rem;
      }
    `,
  ];

  /** An address of this origin; empty for a video. */
  @property() src = '';
  /** It has gone from storage. */
  @state() private isGone = false;

  override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('src')) this.isGone = false;
  }

  override render() {
    if (this.src === '' || this.isGone) return icon(this.src === '' ? 'video' : 'media');
    return html`<img
      loading="lazy"
      decoding="async"
      alt=""
      src=${this.src === '' ? nothing : this.src}
      @error=${() => (this.isGone = true)}
    />`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'media-thumb': MediaThumb;
  }
}
