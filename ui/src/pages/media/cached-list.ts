import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { CacheItem } from '../../../../src/contract/cache';
import type { MediaKind } from '../../../../src/contract/media';
import '../../components/data-table';
import '../../components/empty-state';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { columnsOf, type ItemActions } from './cached-parts';
import './media-grid';
import { messages } from './messages';

const MAKERS = { image: '/admin/imagine', video: '/admin/video' } as const;

/** A page of cached objects: a table, on a phone cards. @fires selection-changed */
@customElement('cached-list')
export class CachedList extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      data-table {
        --table-width: 46rem;
      }
    `,
  ];

  @property() kind: MediaKind = 'image';
  @property({ attribute: false }) items: readonly CacheItem[] = [];
  @property({ type: Boolean }) isSearched = false;
  @property({ attribute: false }) selected: ReadonlySet<string> = new Set();
  @property({ attribute: false }) actions: ItemActions = { canChange: false, remove: () => {} };
  @state() private isWide = false;
  readonly #i18n = new Localize(this, messages);
  readonly #wide = matchMedia('(min-width: 720px)');
  readonly #resized = (): void => void (this.isWide = this.#wide.matches);

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized();
    this.#wide.addEventListener('change', this.#resized);
  }

  override disconnectedCallback(): void {
    this.#wide.removeEventListener('change', this.#resized);
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    if (this.items.length === 0) return this.#renderEmpty();
    if (!this.isWide) {
      return html`<media-grid
        .items=${this.items}
        .selected=${this.selected}
        .actions=${this.actions}
      ></media-grid>`;
    }
    return html`<data-table
      ?selectable=${this.actions.canChange}
      .caption=${text.title}
      .columns=${columnsOf(text, this.actions)}
      .rows=${this.items}
      .keyOf=${({ name }: CacheItem) => name}
      .selected=${this.selected}
    ></data-table>`;
  }

  #renderEmpty() {
    const { text } = this.#i18n;
    const { isSearched, kind } = this;
    return html`
      <section class="card">
        <empty-state
          symbol=${kind === 'video' ? 'video' : 'media'}
          heading=${isSearched ? text.noneFound : text.none[kind]}
          hint=${isSearched ? text.noneFoundHint : text.noneHint}
        >
          ${
            isSearched
              ? ''
              : html`<a class="button" href=${MAKERS[kind]}>${text.noneAction[kind]}</a>`
          }
        </empty-state>
      </section>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cached-list': CachedList;
  }
}
