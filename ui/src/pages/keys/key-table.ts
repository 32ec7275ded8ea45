import { Task, TaskStatus } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { KeyItemWithUsage, NamedKey } from '../../../../src/contract/keys';
import { KEY_PAGE, type KeyQuery, readKeyNames } from '../../api/keys';
import '../../components/bulk-bar';
import { SelectionChangedEvent } from '../../components/data-table';
import '../../components/empty-state';
import '../../components/pager-bar';
import { toastError } from '../../components/toasts';
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
    readonly keys: readonly NamedKey[],
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

/**
 * A page of keys, and what can be done with those that are ticked, on this page and others.
 * @fires keys-acted @fires key-opened @fires page-wanted
 */
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

  @property({ attribute: false }) keys: readonly KeyItemWithUsage[] = [];
  /** From 1. */
  @property({ type: Number }) page = 1;
  @property({ type: Boolean }) hasNext = false;
  /** Of all pages. */
  @property({ type: Number }) total = 0;
  /** What the list is narrowed to. */
  @property({ attribute: false }) query: KeyQuery = { search: '', status: '' };
  /** Another number: keys have changed. */
  @property({ type: Number }) changes = 0;
  /** There are keys, though the filters may hide them. */
  @property({ type: Boolean }) hasAny = false;
  @property({ type: Boolean }) isBusy = false;
  @state() private selected: ReadonlySet<string> = new Set();
  /** Names of keys that were met: what is ticked may be on another page. */
  readonly #names = new Map<string, string>();
  readonly #i18n = new Localize(this, messages);

  /** What is ticked and no longer shown by the filters must not be touched. */
  readonly #narrowing = new Task(this, {
    args: () => [this.query, this.changes] as const,
    task: async ([query], { signal }) => {
      if (this.selected.size === 0) return;
      const shown = new Set((await readKeyNames(query, signal)).map(({ id }) => id));
      this.selected = new Set([...this.selected].filter((id) => shown.has(id)));
    },
  });

  override willUpdate(): void {
    for (const { id, name } of this.keys) this.#names.set(id, name);
  }

  override render() {
    const { text } = this.#i18n;
    return html`
      <data-table
        .columns=${columnsOf(text, Date.now(), this.#actions)}
        .rows=${this.keys}
        .keyOf=${idOf}
        .nameOf=${nameOf}
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
        this.total <= KEY_PAGE
          ? nothing
          : html`<pager-bar
              .page=${this.page}
              .hasNext=${this.hasNext}
              .total=${this.total}
            ></pager-bar>`
      }
      ${this.#renderBulk()}
    `;
  }

  #renderBulk() {
    const { text } = this.#i18n;
    const isBusy = this.isBusy || this.#narrowing.status === TaskStatus.PENDING;
    const button = (action: KeyAction, tone = '') => html`
      <button
        type="button"
        class=${tone}
        ?disabled=${isBusy}
        @click=${() => this.dispatchEvent(new KeysActedEvent(action, this.#ticked()))}
      >
        ${text.bulk[action]}
      </button>
    `;
    return html`
      <bulk-bar
        .count=${this.selected.size}
        @selection-cleared=${() => (this.selected = new Set())}
      >
        ${
          this.selected.size >= this.total
            ? nothing
            : html`<button type="button" class="plain" @click=${() => void this.#selectAll()}>
                ${text.selectAll(this.total)}
              </button>`
        }
        ${button('enable')} ${button('disable')} ${button('delete', 'danger')}
      </bulk-bar>
    `;
  }

  #ticked(): NamedKey[] {
    return [...this.selected].map((id) => ({ id, name: this.#names.get(id) ?? id }));
  }

  async #selectAll(): Promise<void> {
    const { query } = this;
    try {
      const all = await readKeyNames(query);
      // Other filters have been chosen meanwhile.
      if (query !== this.query) return;
      for (const { id, name } of all) this.#names.set(id, name);
      this.selected = new Set(all.map(({ id }) => id));
    } catch (thrown) {
      toastError(thrown);
    }
  }

  readonly #actions: RowActions = {
    get canChange() {
      return canChange();
    },
    edit: (key) => this.dispatchEvent(new KeyOpenedEvent(key)),
    switchOn: (key, isOn) =>
      this.dispatchEvent(new KeysActedEvent(isOn ? 'enable' : 'disable', [key])),
    remove: (key) => this.dispatchEvent(new KeysActedEvent('delete', [key])),
  };

  readonly #select = (event: Event): void => {
    if (event instanceof SelectionChangedEvent) this.selected = event.keys;
  };
}

const idOf = ({ id }: KeyItemWithUsage): string => id;
const nameOf = ({ name, display_key: shown }: KeyItemWithUsage): string => `${name} ${shown}`;

declare global {
  interface HTMLElementTagNameMap {
    'key-table': KeyTable;
  }
}
