import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { KeyItemWithUsage } from '../../../../src/contract/keys';
import '../../components/bulk-bar';
import { SelectionChangedEvent } from '../../components/data-table';
import '../../components/empty-state';
import { PageWantedEvent } from '../../components/pager-bar';
import { Localize } from '../../i18n/localize';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { columnsOf, type RowActions } from './columns';
import { messages } from './messages';

export type KeyAction = 'enable' | 'disable' | 'delete';

/** Something is to be done with keys. */
export class KeysActedEvent extends Event {
  constructor(
    readonly action: KeyAction,
    readonly keys: readonly KeyItemWithUsage[],
  ) {
    super('keys-acted', { bubbles: true, composed: true });
  }
}

/** A key is to be edited. */
export class KeyOpenedEvent extends Event {
  constructor(readonly key: KeyItemWithUsage) {
    super('key-opened', { bubbles: true, composed: true });
  }
}

const PAGE = 50;

/** Keys in pages, and what can be done with those that are ticked. @fires keys-acted @fires key-opened */
@customElement('key-table')
export class KeyTable extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        display: grid;
        gap: 1rem;
        min-width: 0;
      }
      data-table {
        --table-width: 58rem;
      }
    `,
  ];

  /** Those that the filters let through. */
  @property({ attribute: false }) keys: readonly KeyItemWithUsage[] = [];
  /** There are keys, though the filters may hide them. */
  @property({ type: Boolean }) hasAny = false;
  @property({ type: Boolean }) isBusy = false;
  @state() private page = 1;
  @state() private selected: ReadonlySet<string> = new Set();
  readonly #i18n = new Localize(this, messages);

  override willUpdate(): void {
    const pages = Math.max(1, Math.ceil(this.keys.length / PAGE));
    if (this.page > pages) this.page = pages;
  }

  override render() {
    const { text } = this.#i18n;
    const start = (this.page - 1) * PAGE;
    return html`
      <data-table
        .columns=${columnsOf(text, Date.now(), this.#actions)}
        .rows=${this.keys.slice(start, start + PAGE)}
        .keyOf=${idOf}
        .caption=${text.title}
        .selected=${this.selected}
        ?selectable=${canChange()}
        @selection-changed=${this.#select}
      >
        <empty-state
          slot="empty"
          symbol="keys"
          heading=${this.hasAny ? text.noneFound : text.noKeys}
          hint=${this.hasAny ? text.noneFoundHint : text.noKeysHint}
        ></empty-state>
      </data-table>
      ${
        this.keys.length <= PAGE
          ? nothing
          : html`<pager-bar
              .page=${this.page}
              .hasNext=${start + PAGE < this.keys.length}
              .total=${this.keys.length}
              @page-wanted=${this.#turn}
            ></pager-bar>`
      }
      ${this.#renderBulk()}
    `;
  }

  /** What is ticked but filtered away is not touched. */
  #renderBulk() {
    const { text } = this.#i18n;
    const ticked = this.keys.filter(({ id }) => this.selected.has(id));
    const button = (action: KeyAction, tone = '') => html`
      <button
        type="button"
        class=${tone}
        ?disabled=${this.isBusy}
        @click=${() => this.dispatchEvent(new KeysActedEvent(action, ticked))}
      >
        ${text.bulk[action]}
      </button>
    `;
    return html`
      <bulk-bar .count=${ticked.length} @selection-cleared=${() => (this.selected = new Set())}>
        ${
          ticked.length >= this.keys.length
            ? nothing
            : html`<button
                type="button"
                class="plain"
                @click=${() => (this.selected = new Set(this.keys.map(idOf)))}
              >
                ${text.selectAll(this.keys.length)}
              </button>`
        }
        ${button('enable')} ${button('disable')} ${button('delete', 'danger')}
      </bulk-bar>
    `;
  }

  readonly #actions: RowActions = {
    canChange: canChange(),
    edit: (key) => this.dispatchEvent(new KeyOpenedEvent(key)),
    switchOn: (key, isOn) =>
      this.dispatchEvent(new KeysActedEvent(isOn ? 'enable' : 'disable', [key])),
    remove: (key) => this.dispatchEvent(new KeysActedEvent('delete', [key])),
  };

  readonly #select = (event: Event): void => {
    if (event instanceof SelectionChangedEvent) this.selected = event.keys;
  };

  readonly #turn = (event: Event): void => {
    if (event instanceof PageWantedEvent) this.page += event.direction === 'next' ? 1 : -1;
  };
}

const idOf = ({ id }: KeyItemWithUsage): string => id;

declare global {
  interface HTMLElementTagNameMap {
    'key-table': KeyTable;
  }
}
