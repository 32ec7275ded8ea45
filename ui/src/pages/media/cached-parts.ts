import { html, nothing } from 'lit';
import type { CacheItem } from '../../../../src/contract/cache';
import { ownMedia } from '../../api/own-media';
import type { Column } from '../../components/data-table';
import { icon } from '../../components/icon';
import { formatBytes, formatRelative, formatTime } from '../../i18n/format';
import './media-name';
import './media-thumb';
import type { messages } from './messages';

type Text = (typeof messages)['en'];

/** A link that looks as the buttons beside it. */
const PLAIN_ICON = 'width: var(--control); padding: 0; border-color: transparent; background: none';

/** What the buttons of an object do. */
export interface ItemActions {
  readonly canChange: boolean;
  remove(item: CacheItem): void;
}

/** The columns of cached objects. */
export function columnsOf(text: Text, actions: ItemActions): readonly Column<CacheItem>[] {
  return [
    { key: 'preview', heading: text.preview, width: '5.5rem', cell: thumbOf },
    {
      key: 'name',
      heading: text.name,
      cell: ({ name, content_type: type }) =>
        html`<media-name .name=${name} .type=${type}></media-name>`,
    },
    { key: 'size', heading: text.size, align: 'end', cell: (item) => formatBytes(item.size_bytes) },
    { key: 'read', heading: text.read, cell: (item) => timeOf(item.mtime_ms) },
    { key: 'expires', heading: text.expires, cell: (item) => timeOf(item.expires_at) },
    {
      key: 'actions',
      heading: text.actions,
      width: '7.5rem',
      cell: (item) => buttonsOf(item, text, actions),
    },
  ];
}

/** The picture itself, small; of a video a sign. */
function thumbOf({ preview_url: url }: CacheItem) {
  const src = url === null ? null : ownMedia(url);
  return html`<media-thumb .src=${src ?? ''}></media-thumb>`;
}

export function timeOf(at: number) {
  return html`<span class="small" title=${formatTime(at)}>${formatRelative(at)}</span>`;
}

export function buttonsOf(item: CacheItem, text: Text, { canChange, remove }: ItemActions) {
  const view = ownMedia(item.view_url);
  return html`
    <div class="row">
      ${
        view === null
          ? nothing
          : html`<a
              class="button"
              .style=${PLAIN_ICON}
              href=${view}
              target="_blank"
              rel="noopener"
              aria-label="${text.view}: ${item.name}"
              title=${text.view}
            >
              ${icon('external')}
            </a>`
      }
      <button
        type="button"
        class="plain icon"
        aria-label="${text.remove}: ${item.name}"
        title=${text.remove}
        ?disabled=${!canChange}
        @click=${() => remove(item)}
      >
        ${icon('trash')}
      </button>
    </div>
  `;
}
