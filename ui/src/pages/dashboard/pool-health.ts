import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { PoolOverview } from '../../../../src/contract/overview';
import '../../components/data-table';
import type { Column } from '../../components/data-table';
import '../../components/empty-state';
import '../../components/status-pill';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { providerName, tierName } from '../../i18n/names';
import { controls, shared } from '../../theme/shared';
import '../pool/open-breakers';
import { messages } from './messages';

type Supply = PoolOverview['supply'][number];
type Bucket = PoolOverview['buckets'][number];

/** Tokens by tier, what they have left and when it returns, and shared failures. */
@customElement('pool-health')
export class PoolHealth extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      data-table {
        --table-width: 31rem;
      }
      /* Side by side only where both tables are whole. */
      .columns {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr));
      }
    `,
  ];

  @property({ attribute: false }) overview: PoolOverview = {
    open_calls: 0,
    tokens: 0,
    supply: [],
    breakers: [],
    buckets: [],
  };
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const { supply, breakers } = this.overview;
    // Buckets that upstream does not meter have nothing to show.
    const buckets = this.overview.buckets.filter(({ known, unknown }) => known + unknown > 0);
    if (supply.length === 0) return this.#renderEmpty();
    return html`
      <div class="stack">
        <open-breakers .breakers=${breakers} ?hidden=${breakers.length === 0}></open-breakers>
        <div class="columns">
          <section class="card">
            <h2>${text.pool}</h2>
            <data-table
              caption=${text.pool}
              .columns=${this.#supplyColumns()}
              .rows=${supply}
              .keyOf=${({ provider, tier }: Supply) => `${provider} ${tier}`}
            ></data-table>
          </section>
          <section class="card">
            <h2>${text.quota}</h2>
            <data-table
              caption=${text.quota}
              .columns=${this.#bucketColumns()}
              .rows=${buckets}
              .keyOf=${({ provider, tier, bucket }: Bucket) => `${provider} ${tier} ${bucket}`}
            >
              <p slot="empty" class="muted">${text.noQuota}</p>
            </data-table>
          </section>
        </div>
      </div>
    `;
  }

  #renderEmpty() {
    const { text } = this.#i18n;
    return html`
      <section class="card">
        <empty-state symbol="tokens" heading=${text.noTokens} hint=${text.noTokensHint}>
          <a class="button" href="/admin/token">${text.addTokens}</a>
        </empty-state>
      </section>
    `;
  }

  #supplyColumns(): Column<Supply>[] {
    const { text } = this.#i18n;
    const count = (
      key: 'active' | 'exhausted' | 'cooling' | 'expired' | 'disabled',
      tone: 'good' | 'warn' | 'alarm' | 'neutral',
    ): Column<Supply> => ({
      key,
      heading: text[key],
      align: 'end',
      cell: (row) =>
        row[key] === 0
          ? '0'
          : html`<status-pill tone=${tone}>${formatNumber(row[key])}</status-pill>`,
    });
    return [
      { key: 'provider', heading: text.provider, cell: (row) => providerName(row.provider) },
      { key: 'tier', heading: text.tier, cell: (row) => tierName(row.tier) },
      count('active', 'good'),
      count('exhausted', 'warn'),
      count('cooling', 'warn'),
      count('expired', 'alarm'),
      count('disabled', 'neutral'),
    ];
  }

  #bucketColumns(): Column<Bucket>[] {
    const { text } = this.#i18n;
    return [
      {
        key: 'bucket',
        heading: text.bucket,
        cell: ({ bucket, tier }) =>
          html`${bucket} <span class="muted small">${tierName(tier)}</span>`,
      },
      {
        key: 'left',
        heading: text.left,
        align: 'end',
        cell: ({ free, limit }) =>
          html`${formatNumber(free)} <span class="muted">/ ${formatNumber(limit)}</span>`,
      },
      {
        key: 'spent',
        heading: text.spent,
        align: 'end',
        cell: ({ spent, known }) => text.spentOf(spent, known),
      },
      {
        key: 'unknown',
        heading: text.unread,
        align: 'end',
        cell: ({ unknown }) => formatNumber(unknown),
      },
      {
        key: 'returns',
        heading: text.returns,
        cell: ({ returns_at: at }) => (at === null ? nothing : text.returnsAt(at)),
      },
    ];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pool-health': PoolHealth;
  }
}
