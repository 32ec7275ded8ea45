import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CacheSizes } from '../../api/media';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';

export const SECTIONS = ['images', 'videos', 'accounts'] as const;
export type Section = (typeof SECTIONS)[number];

/** Another section is wanted. */
export class SectionChosenEvent extends Event {
  constructor(readonly section: Section) {
    super('section-chosen', { bubbles: true, composed: true });
  }
}

/** Files that accounts were found to hold. */
export interface Counted {
  readonly accounts: number;
  readonly files: number;
}

/** How much there is of each; a card shows its section. @fires section-chosen */
@customElement('media-cards')
export class MediaCards extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .cards {
        grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
      }
      button {
        display: grid;
        gap: 0;
        justify-content: start;
        justify-items: start;
        padding: 0.75rem 0.875rem;
        border-radius: var(--radius);
        font-weight: 400;
        text-align: start;
        white-space: normal;
      }
      button[aria-pressed='true'] {
        border-color: var(--accent);
        box-shadow: inset 0 0 0 1px var(--accent);
      }
      .value {
        font-size: 1.5rem;
        font-weight: 650;
        line-height: 1.3;
      }
    `,
  ];

  @property({ attribute: false }) sizes: CacheSizes | null = null;
  /** Of both kinds together; null when not known. */
  @property({ attribute: false }) capBytes: number | null = null;
  @property({ attribute: false }) counted: Counted | null = null;
  @property() section: Section = 'images';
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const { counted } = this;
    return html`
      <div class="cards" role="group" aria-label=${text.sectionsLabel}>
        ${this.#renderKind('images', 'image')} ${this.#renderKind('videos', 'video')}
        ${this.#renderCard(
          'accounts',
          counted === null ? '–' : formatNumber(counted.files),
          counted === null ? text.notCounted : text.accountsCounted(counted.accounts),
        )}
      </div>
    `;
  }

  #renderKind(section: Section, kind: 'image' | 'video') {
    const size = this.sizes?.[kind];
    const hint =
      size === undefined || this.capBytes === null
        ? ''
        : this.#i18n.text.ofCap(size.size_bytes, this.capBytes);
    return this.#renderCard(section, size === undefined ? '–' : formatNumber(size.count), hint);
  }

  #renderCard(section: Section, value: string, hint: string) {
    return html`
      <button
        type="button"
        aria-pressed=${section === this.section}
        @click=${() => this.dispatchEvent(new SectionChosenEvent(section))}
      >
        <span class="muted small">${this.#i18n.text.sections[section]}</span>
        <span class="value number">${value}</span>
        ${hint === '' ? nothing : html`<span class="muted small">${hint}</span>`}
      </button>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'media-cards': MediaCards;
  }
}
