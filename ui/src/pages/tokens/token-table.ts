import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { TokenItem } from '../../../../src/contract/tokens';
import '../../components/copy-button';
import '../../components/data-table';
import type { Column } from '../../components/data-table';
import { icon, type IconName } from '../../components/icon';
import '../../components/status-pill';
import { formatNumber, formatRelative } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { tokenTypeName } from '../../i18n/names';
import { reasonText } from '../../i18n/reasons';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { statusOf, TONES, typeOf } from './token-filter';
import './token-quota';

export type TokenAction = 'test' | 'refresh' | 'edit' | 'delete';

/** Something is to be done with one token. */
export class TokenActionEvent extends Event {
  constructor(
    readonly action: TokenAction,
    readonly item: TokenItem,
  ) {
    super('token-action', { bubbles: true, composed: true });
  }
}

const ACTIONS: readonly (readonly [TokenAction, IconName])[] = [
  ['test', 'play'],
  ['refresh', 'refresh'],
  ['edit', 'edit'],
  ['delete', 'trash'],
];

/**
 * The tokens of one page. Cells are rendered inside `data-table`, whose styles they have.
 *
 * @fires token-action
 * @fires selection-changed
 * @fires row-opened
 * @slot empty
 */
@customElement('token-table')
export class TokenTable extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        min-width: 0;
      }
      data-table {
        --table-width: 60rem;
      }
    `,
  ];

  @property({ attribute: false }) items: readonly TokenItem[] = [];
  @property({ attribute: false }) selected: ReadonlySet<string> = new Set();
  /** Tokens that something is being done with. */
  @property({ attribute: false }) busy: ReadonlySet<string> = new Set();
  readonly #i18n = new Localize(this, messages);

  override render() {
    return html`
      <data-table
        selectable
        openable
        caption=${this.#i18n.text.title}
        .columns=${this.#columns()}
        .rows=${this.items}
        .keyOf=${idOf}
        .nameOf=${nameOf}
        .selected=${this.selected}
      >
        <slot name="empty" slot="empty"></slot>
      </data-table>
    `;
  }

  #columns(): Column<TokenItem>[] {
    const { text } = this.#i18n;
    return [
      {
        key: 'token',
        heading: `${text.token} / ${text.pool}`,
        cell: (item) => this.#renderName(item),
      },
      {
        key: 'status',
        heading: text.status,
        width: '12rem',
        cell: (item) => this.#renderStatus(item),
      },
      {
        key: 'quota',
        heading: text.quota,
        cell: (item) => html`<token-quota .item=${item}></token-quota>`,
      },
      { key: 'uses', heading: text.uses, cell: (item) => this.#renderUses(item) },
      { key: 'notes', heading: text.notes, cell: renderNotes },
      {
        key: 'actions',
        heading: text.actions,
        width: '11rem',
        cell: (item) => this.#renderActions(item),
      },
    ];
  }

  #renderName(item: TokenItem) {
    const { text } = this.#i18n;
    const { id, token } = item;
    return html`
      <div class="row" .style=${'flex-wrap: nowrap; gap: 0.25rem'}>
        <div .style=${'white-space: nowrap'}>
          <div class="mono" title=${id} .style=${'white-space: nowrap'}>${token}</div>
          <div class="muted small">${tokenTypeName(typeOf(item))}</div>
        </div>
        <copy-button .value=${id} title=${text.copyId}></copy-button>
      </div>
    `;
  }

  #renderStatus(item: TokenItem) {
    const { text } = this.#i18n;
    const status = statusOf(item);
    const { reason, cooling_until: until } = item;
    const isTrouble = status === 'cooling' || status === 'invalid' || status === 'disabled';
    return html`
      <status-pill tone=${TONES[status]}>${text.statuses[status]}</status-pill>
      ${until === null ? nothing : html`<span class="muted small">${text.until(until)}</span>`}
      ${
        isTrouble && reason !== null
          ? html`<div class="muted small" .style=${'max-width: 14rem; overflow-wrap: anywhere'}>
              ${reasonText(reason)}
            </div>`
          : nothing
      }
    `;
  }

  #renderUses({ use_count: uses, in_flight: inFlight, last_used_at: at }: TokenItem) {
    const { text } = this.#i18n;
    return html`
      <div class="number" .style=${'white-space: nowrap'}>
        ${formatNumber(uses)}${inFlight > 0 ? html` · ${text.inFlight(inFlight)}` : nothing}
      </div>
      <div class="muted small" .style=${'white-space: nowrap'}>
        ${at === null ? text.neverUsed : formatRelative(at)}
      </div>
    `;
  }

  #renderActions(item: TokenItem) {
    const { text } = this.#i18n;
    const isOff = !canChange() || this.busy.has(item.id);
    return html`
      <div class="row" .style=${'flex-wrap: nowrap; gap: 0'}>
        ${ACTIONS.map(
          ([action, symbol]) => html`
            <button
              type="button"
              class="plain icon"
              title=${text[action]}
              aria-label="${text[action]} ${item.token}"
              ?disabled=${isOff}
              @click=${() => this.dispatchEvent(new TokenActionEvent(action, item))}
            >
              ${icon(symbol)}
            </button>
          `,
        )}
      </div>
    `;
  }
}

const idOf = ({ id }: TokenItem): string => id;
const nameOf = ({ token, note }: TokenItem): string => `${token} ${note}`.trim();

const TAG = 'max-width: 9rem';

function renderNotes({ tags, note }: TokenItem) {
  return html`
    <div class="row" .style=${'gap: 0.25rem'}>
      ${tags.map((tag) => html`<status-pill title=${tag} .style=${TAG}>${tag}</status-pill>`)}
    </div>
    ${
      note === ''
        ? nothing
        : html`<div class="small" .style=${'max-width: 16rem; overflow-wrap: anywhere'}>
            ${note}
          </div>`
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    'token-table': TokenTable;
  }
}
