import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';

/** One column: its heading, and what a row shows in it. */
export interface Column<T> {
  readonly key: string;
  readonly heading: string;
  readonly cell: (row: T) => TemplateResult | string | number | typeof nothing;
  readonly align?: 'end';
  /** CSS width, such as `8rem`. */
  readonly width?: string;
}

/** Rows were ticked or not; `keys` is what is ticked now. */
export class SelectionChangedEvent extends Event {
  constructor(readonly keys: ReadonlySet<string>) {
    super('selection-changed', { bubbles: true, composed: true });
  }
}

/** A row was opened: clicked, or `Enter` on it. */
export class RowOpenedEvent extends Event {
  constructor(readonly key: string) {
    super('row-opened', { bubbles: true, composed: true });
  }
}

const FIRST_ROWS = 12;
const NEXT_ROWS = 12;

const messages = {
  en: { all: 'Select all on this page', one: 'Select', open: 'Open' },
  zh: { all: '选择本页全部', one: '选择', open: '打开' },
};

/**
 * A table that scrolls sideways where the page is narrow, and keeps its columns.
 *
 * @fires selection-changed
 * @fires row-opened
 * @slot empty - shown when there is no row
 */
@customElement('data-table')
export class DataTable<T> extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        min-width: 0;
      }
      .scroll {
        overflow-x: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
      table {
        width: 100%;
        min-width: var(--table-width, 48rem);
        border-collapse: collapse;
        font-size: 0.875rem;
      }
      th,
      td {
        padding: 0.5rem 0.75rem;
        text-align: start;
        vertical-align: middle;
      }
      th {
        border-bottom: 1px solid var(--line);
        color: var(--muted);
        font-weight: 600;
        white-space: nowrap;
      }
      tbody tr + tr td {
        border-top: 1px solid var(--line);
      }
      tbody tr:hover {
        background: var(--ground);
      }
      tr[aria-selected='true'] {
        background: var(--accent-soft);
      }
      .end {
        text-align: end;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .tick {
        width: 2.75rem;
      }
      :host([openable]) tbody tr {
        cursor: pointer;
      }
    `,
  ];

  @property({ attribute: false }) columns: readonly Column<T>[] = [];
  @property({ attribute: false }) rows: readonly T[] = [];
  @property({ attribute: false }) keyOf: (row: T) => string = () => '';
  /** What people call a row, for those who hear it; its key when nothing is said. */
  @property({ attribute: false }) nameOf: ((row: T) => string) | null = null;
  @property() caption = '';
  @property({ type: Boolean }) selectable = false;
  @property({ type: Boolean, reflect: true }) openable = false;
  @property({ attribute: false }) selected: ReadonlySet<string> = new Set();
  readonly #i18n = new Localize(this, messages);
  /** Rows made so far: a long page comes in slices, none of which holds the reader up. */
  @state() private made = FIRST_ROWS;
  #first: string | undefined;

  override willUpdate(changed: PropertyValues<DataTable<T>>): void {
    if (!changed.has('rows')) return;
    // Another page begins anew; the same one, with what came meanwhile, is changed where it stands.
    const isSame = this.rows.some((row) => this.keyOf(row) === this.#first);
    if (!isSame) this.made = FIRST_ROWS;
    const [first] = this.rows;
    this.#first = first === undefined ? undefined : this.keyOf(first);
  }

  override updated(): void {
    if (this.made >= this.rows.length) return;
    // After the paint, not before it.
    requestAnimationFrame(() => setTimeout(() => (this.made += NEXT_ROWS)));
  }

  override render() {
    if (this.rows.length === 0) return html`<slot name="empty"></slot>`;
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label=${this.caption}>
        <table>
          <thead>
            <tr>
              ${this.selectable ? this.#renderAll() : nothing}
              ${this.columns.map(
                ({ heading, align, width }) =>
                  html`<th
                    scope="col"
                    class=${align ?? ''}
                    .style=${width === undefined ? '' : `width: ${width}`}
                  >
                    ${heading}
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${repeat(this.rows.slice(0, this.made), this.keyOf, (row) => this.#renderRow(row))}
          </tbody>
        </table>
      </div>
    `;
  }

  #renderAll() {
    const ticked = this.rows.filter((row) => this.selected.has(this.keyOf(row))).length;
    return html`
      <th class="tick" scope="col">
        <input
          type="checkbox"
          aria-label=${this.#i18n.text.all}
          .checked=${ticked > 0 && ticked === this.rows.length}
          .indeterminate=${ticked > 0 && ticked < this.rows.length}
          @change=${this.#tickAll}
        />
      </th>
    `;
  }

  #renderRow(row: T) {
    const key = this.keyOf(row);
    const isTicked = this.selected.has(key);
    return html`
      <tr
        aria-selected=${this.selectable ? String(isTicked) : nothing}
        tabindex=${this.openable ? 0 : nothing}
        @click=${(event: MouseEvent) => this.#click(event, key)}
        @keydown=${(event: KeyboardEvent) => this.#key(event, key)}
      >
        ${
          this.selectable
            ? html`<td class="tick">
                <input
                  type="checkbox"
                  aria-label="${this.#i18n.text.one} ${this.nameOf?.(row) ?? key}"
                  .checked=${isTicked}
                  @change=${() => this.#tick(key)}
                />
              </td>`
            : nothing
        }
        ${this.columns.map(({ cell, align }) => html`<td class=${align ?? ''}>${cell(row)}</td>`)}
      </tr>
    `;
  }

  #tick(key: string): void {
    const next = new Set(this.selected);
    if (!next.delete(key)) next.add(key);
    this.dispatchEvent(new SelectionChangedEvent(next));
  }

  readonly #tickAll = (): void => {
    const keys = this.rows.map(this.keyOf);
    const isAll = keys.every((key) => this.selected.has(key));
    const next = new Set(this.selected);
    for (const key of keys) {
      if (isAll) next.delete(key);
      else next.add(key);
    }
    this.dispatchEvent(new SelectionChangedEvent(next));
  };

  #click(event: MouseEvent, key: string): void {
    if (!this.openable || isControl(event)) return;
    this.dispatchEvent(new RowOpenedEvent(key));
  }

  #key(event: KeyboardEvent, key: string): void {
    if (event.key !== 'Enter' || !this.openable || isControl(event)) return;
    this.dispatchEvent(new RowOpenedEvent(key));
  }
}

/** Whether a button, link or field inside the row was meant. */
function isControl(event: Event): boolean {
  for (const node of event.composedPath()) {
    if (node === event.currentTarget) return false;
    if (node instanceof HTMLElement && node.matches('button, a, input, select, label, summary')) {
      return true;
    }
  }
  return false;
}

declare global {
  interface HTMLElementTagNameMap {
    'data-table': DataTable<unknown>;
  }
}
