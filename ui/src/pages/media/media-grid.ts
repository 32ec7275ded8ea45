import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { CacheItem } from '../../../../src/contract/cache';
import { ownMedia } from '../../api/own-media';
import { SelectionChangedEvent } from '../../components/data-table';
import { formatBytes } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { buttonsOf, type ItemActions, timeOf } from './cached-parts';
import './media-name';
import './media-thumb';
import { messages } from './messages';

/** Cached objects as cards, for a phone. @fires selection-changed */
@customElement('media-grid')
export class MediaGrid extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr));
        gap: 0.75rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        gap: 0.25rem;
        align-content: start;
        min-width: 0;
        padding: 0.5rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
      li.ticked {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      media-thumb {
        --thumb-size: 100%;
      }
    `,
  ];

  @property({ attribute: false }) items: readonly CacheItem[] = [];
  @property({ attribute: false }) selected: ReadonlySet<string> = new Set();
  @property({ attribute: false }) actions: ItemActions | null = null;
  readonly #i18n = new Localize(this, messages);

  override render() {
    return html`<ul>
      ${repeat(
        this.items,
        ({ name }) => name,
        (item) => this.#renderItem(item),
      )}
    </ul>`;
  }

  #renderItem(item: CacheItem) {
    const { text } = this.#i18n;
    const { name, preview_url: url } = item;
    const isTicked = this.selected.has(name);
    return html`
      <li class=${isTicked ? 'ticked' : ''}>
        <media-thumb .src=${(url === null ? null : ownMedia(url)) ?? ''}></media-thumb>
        <media-name .name=${name} .type=${item.content_type}></media-name>
        <span class="small muted">${formatBytes(item.size_bytes)}</span>
        <span class="small muted">${text.read}: ${timeOf(item.mtime_ms)}</span>
        <span class="small muted">${text.expires}: ${timeOf(item.expires_at)}</span>
        <label class="check">
          <input
            type="checkbox"
            aria-label="${text.select}: ${name}"
            .checked=${isTicked}
            ?disabled=${this.actions?.canChange !== true}
            @change=${() => this.#tick(name)}
          />
          ${text.select}
        </label>
        ${this.actions === null ? '' : buttonsOf(item, text, this.actions)}
      </li>
    `;
  }

  #tick(name: string): void {
    const next = new Set(this.selected);
    if (!next.delete(name)) next.add(name);
    this.dispatchEvent(new SelectionChangedEvent(next));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'media-grid': MediaGrid;
  }
}
