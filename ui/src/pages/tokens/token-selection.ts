import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TokenQuery } from '../../api/tokens';
import { SelectionChangedEvent } from '../../components/data-table';
import '../../components/progress-bar';
import { toast, toastError } from '../../components/toasts';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { collectIds, MAX_SELECTED } from './select-all';

/** Selects all tokens that match the filter, on whatever page. @fires selection-changed */
@customElement('token-selection')
export class TokenSelection extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      progress-bar {
        flex: 1 1 12rem;
      }
    `,
  ];

  @property({ attribute: false }) query: TokenQuery = { type: '', state: '', tag: '', search: '' };
  /** How many match; -1 when nobody has counted. */
  @property({ type: Number }) total = -1;
  /** Found so far; null when nothing is being collected. */
  @state() private found: number | null = null;
  readonly #i18n = new Localize(this, messages);
  #run: AbortController | null = null;

  override disconnectedCallback(): void {
    this.#run?.abort();
    super.disconnectedCallback();
  }

  /** What was found for another filter is not selected under this one. */
  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('query');
    if (before === undefined || JSON.stringify(before) === JSON.stringify(this.query)) return;
    this.#run?.abort();
  }

  override render() {
    const { text } = this.#i18n;
    if (this.found === null) {
      if (this.total === 0) return nothing;
      return html`
        <button type="button" class="plain" @click=${() => void this.#collect()}>
          ${this.total < 0 ? text.selectFound : text.selectAll(this.total)}
        </button>
      `;
    }
    return html`
      <div class="row">
        <progress-bar
          .done=${this.found}
          .total=${Math.max(this.total, this.found)}
          .label=${text.collecting}
        >
          <span class="number">${formatNumber(this.found)}</span>
        </progress-bar>
        <button type="button" @click=${() => this.#run?.abort()}>${text.stop}</button>
      </div>
    `;
  }

  async #collect(): Promise<void> {
    const ids = new Set<string>();
    const run = new AbortController();
    this.#run = run;
    this.found = 0;
    try {
      const isAll = await collectIds(this.query, ids, (found) => (this.found = found), run.signal);
      run.signal.throwIfAborted();
      if (!isAll) toast(this.#i18n.text.tooMany(MAX_SELECTED), 'neutral');
      this.dispatchEvent(new SelectionChangedEvent(ids));
    } catch (thrown) {
      if (!run.signal.aborted) toastError(thrown);
    } finally {
      // Another run may have begun since.
      if (this.#run === run) this.found = null;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'token-selection': TokenSelection;
  }
}
