import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { TokenPage } from '../../api/tokens';
import '../../components/empty-state';
import '../../components/pager-bar';
import { Localize } from '../../i18n/localize';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { isCounted, isFiltered, NO_FILTER, queryOf, type TokenFilter } from './token-filter';
import { FilterChangedEvent } from './token-filters';
import './token-selection';
import './token-table';

/** Credentials are to be imported. */
export class ImportWantedEvent extends Event {
  constructor() {
    super('import-wanted', { bubbles: true, composed: true });
  }
}

/**
 * One page of tokens, with what selects all and what turns the page.
 *
 * @fires selection-changed
 * @fires row-opened
 * @fires token-action
 * @fires page-wanted
 * @fires filter-changed - when nothing matches and all are wanted
 * @fires import-wanted - when there is no token at all
 */
@customElement('token-list')
export class TokenListView extends LitElement {
  static override styles = [shared, controls];

  @property({ attribute: false }) tokens: TokenPage = { items: [], next: null, total: 0 };
  @property({ attribute: false }) filter: TokenFilter = NO_FILTER;
  @property({ type: Number }) page = 1;
  @property({ attribute: false }) selected: ReadonlySet<string> = new Set();
  @property({ attribute: false }) busy: ReadonlySet<string> = new Set();
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { items, next, total } = this.tokens;
    const count = isCounted(this.filter) ? total : -1;
    const isWhole = next === null && this.page === 1;
    return html`
      <div class="stack">
        ${
          items.length === 0 && isWhole
            ? nothing
            : html`<token-selection
                .query=${queryOf(this.filter)}
                .total=${count}
              ></token-selection>`
        }
        <token-table .items=${items} .selected=${this.selected} .busy=${this.busy}>
          ${isFiltered(this.filter) ? this.#renderNothingFound() : this.#renderEmpty()}
        </token-table>
        ${
          isWhole
            ? nothing
            : html`<pager-bar
                .page=${this.page}
                .total=${count}
                ?hasNext=${next !== null}
              ></pager-bar>`
        }
      </div>
    `;
  }

  #renderNothingFound() {
    const { text } = this.#i18n;
    return html`
      <empty-state slot="empty" heading=${text.nothingFound} hint=${text.nothingFoundHint}>
        <button type="button" @click=${() => this.dispatchEvent(new FilterChangedEvent(NO_FILTER))}>
          ${text.clear}
        </button>
      </empty-state>
    `;
  }

  #renderEmpty() {
    const { text } = this.#i18n;
    return html`
      <empty-state slot="empty" symbol="tokens" heading=${text.empty} hint=${text.emptyHint}>
        <button
          type="button"
          class="primary"
          ?disabled=${!canChange()}
          @click=${() => this.dispatchEvent(new ImportWantedEvent())}
        >
          ${text.import}
        </button>
      </empty-state>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'token-list': TokenListView;
  }
}
