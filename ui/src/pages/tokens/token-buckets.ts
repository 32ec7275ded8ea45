import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { BucketItem } from '../../../../src/contract/tokens';
import '../../components/data-table';
import type { Column } from '../../components/data-table';
import '../../components/status-pill';
import { formatNumber, formatRelative } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { shared } from '../../theme/shared';
import { messages } from './messages';

/** What a token has in each bucket: limit = free + reserved + used, who says so, and how long ago. */
@customElement('token-buckets')
export class TokenBuckets extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        min-width: 0;
      }
      data-table {
        --table-width: 44rem;
      }
    `,
  ];

  @property({ attribute: false }) buckets: readonly BucketItem[] = [];
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <data-table
        caption=${text.buckets}
        .columns=${this.#columns()}
        .rows=${this.buckets}
        .keyOf=${({ name }: BucketItem) => name}
      >
        <p slot="empty" class="muted">${text.noBuckets}</p>
      </data-table>
    `;
  }

  #columns(): Column<BucketItem>[] {
    const { text } = this.#i18n;
    const count = (key: 'limit' | 'reserved' | 'used'): Column<BucketItem> => ({
      key,
      heading: text[key],
      align: 'end',
      cell: (bucket) => figure(bucket[key]),
    });
    return [
      {
        key: 'name',
        heading: text.bucket,
        cell: ({ name }) => html`<span class="mono">${name}</span>`,
      },
      { key: 'free', heading: text.free, align: 'end', cell: (bucket) => this.#free(bucket) },
      count('limit'),
      { key: 'source', heading: text.bucketSource, cell: (bucket) => this.#source(bucket) },
      { key: 'resets', heading: text.resets, cell: (bucket) => this.#returns(bucket) },
      count('reserved'),
      count('used'),
      {
        key: 'uncertain',
        heading: text.uncertain,
        align: 'end',
        cell: ({ uncertain }) =>
          uncertain === 0
            ? '0'
            : html`<span title=${text.uncertainHint}>${formatNumber(uncertain)}</span>`,
      },
    ];
  }

  #free({ state, free }: BucketItem) {
    const { text } = this.#i18n;
    if (state === 'unmetered') return html`<span class="muted">${text.unmetered}</span>`;
    if (state === 'unknown') return html`<span class="muted">${text.unknown}</span>`;
    return figure(free);
  }

  #source({ source, source_at: at, stale, state }: BucketItem) {
    const { text } = this.#i18n;
    return html`
      ${source === null ? text.neverRead : text.sources[source]}
      ${at === null ? nothing : html`<span class="muted">${formatRelative(at)}</span>`}
      ${
        stale && state === 'known'
          ? html`<status-pill tone="warn" title=${text.staleHint}>${text.stale}</status-pill>`
          : nothing
      }
    `;
  }

  #returns({ cooling_until: coolingUntil, resets_at: resetsAt }: BucketItem) {
    const { text } = this.#i18n;
    if (coolingUntil !== null) {
      return html`<status-pill tone="warn">${text.statuses.cooling}</status-pill>
        ${formatRelative(coolingUntil)}`;
    }
    return resetsAt === null ? '–' : formatRelative(resetsAt);
  }
}

function figure(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}

declare global {
  interface HTMLElementTagNameMap {
    'token-buckets': TokenBuckets;
  }
}
