import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import '../../components/empty-state';
import '../../components/picture-viewer';
import type { PictureWantedEvent } from '../../components/picture-viewer';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import './picture-card';
import type { PictureEnlargedEvent } from './picture-card';
import type { Wall } from './wall';

/** All pictures of the tab, newest first; one to a row below 480 px, more where there is room. */
@customElement('picture-wall')
export class PictureWall extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      ul {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem;
        align-items: start;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      @media (min-width: 480px) {
        ul {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
      @media (min-width: 768px) {
        ul {
          grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr));
        }
      }
    `,
  ];

  @property({ attribute: false }) wall: Wall = [];
  @state() private enlarged: string | null = null;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    if (this.wall.length === 0) {
      return html`<empty-state
        symbol="imagine"
        heading=${text.empty}
        hint=${text.emptyHint}
      ></empty-state>`;
    }
    const shown = this.wall.filter(({ state: stands }) => stands === 'done');
    return html`
      <ul aria-label=${text.gallery} @picture-enlarged=${this.#enlarge}>
        ${repeat(
          this.wall,
          ({ id }) => id,
          (picture) => html`<li><picture-card .picture=${picture}></picture-card></li>`,
        )}
      </ul>
      <picture-viewer
        .pictures=${shown.map(({ url, prompt }) => ({ src: url ?? '', alt: prompt }))}
        .index=${shown.findIndex(({ id }) => id === this.enlarged)}
        @picture-wanted=${({ index }: PictureWantedEvent) =>
          (this.enlarged = shown[index]?.id ?? null)}
      ></picture-viewer>
    `;
  }

  readonly #enlarge = ({ pictureId }: PictureEnlargedEvent): void => {
    this.enlarged = pictureId;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'picture-wall': PictureWall;
  }
}
