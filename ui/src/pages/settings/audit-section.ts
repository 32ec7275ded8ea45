import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { type AuditItem, readAudit } from '../../api/admins';
import type { Column } from '../../components/data-table';
import '../../components/data-table';
import '../../components/empty-state';
import { PageWantedEvent } from '../../components/pager-bar';
import { SearchedEvent } from '../../components/search-box';
import { errorText } from '../../i18n/errors';
import { actionName, auditText } from '../../i18n/audit-words';
import { formatTime } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';

const NO_WRAP = 'white-space: nowrap';

/** What was changed, by whom, from where. */
@customElement('audit-section')
export class AuditSection extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      data-table {
        --table-width: 64rem;
      }
    `,
  ];

  /** Where each page that was gone through begins; the last is shown. */
  @state() private starts: readonly (number | null)[] = [null];
  @state() private search = '';
  readonly #i18n = new Localize(this, messages);
  readonly #page = new Task(this, {
    args: () => [this.starts.at(-1) ?? null, this.search] as const,
    task: ([after, search], { signal }) => readAudit(after, search, signal),
  });

  override render() {
    const { text } = this.#i18n;
    const { value, error } = this.#page;
    return html`
      <section class="stack">
        <p class="muted">${text.auditHint}</p>
        <search-box
          .value=${this.search}
          .placeholder=${text.auditSearch}
          @searched=${(event: Event) => {
            if (event instanceof SearchedEvent) this.#look(event.text);
          }}
        ></search-box>
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        <data-table
          .columns=${this.#columns()}
          .rows=${value?.entries ?? []}
          .keyOf=${({ id }: AuditItem) => String(id)}
          .caption=${text.tabs.audit}
        >
          ${
            value === undefined
              ? nothing
              : html`<empty-state slot="empty" heading=${text.noAudit}></empty-state>`
          }
        </data-table>
        <pager-bar
          .page=${this.starts.length}
          .hasNext=${(value?.next ?? null) !== null}
          @page-wanted=${this.#turn}
        ></pager-bar>
      </section>
    `;
  }

  /** Another text begins at its first page. */
  #look(text: string): void {
    this.search = text;
    this.starts = [null];
  }

  #columns(): readonly Column<AuditItem>[] {
    const { text } = this.#i18n;
    return [
      {
        key: 'time',
        heading: text.time,
        cell: ({ at }) => html`<span class="small" .style=${NO_WRAP}>${formatTime(at)}</span>`,
      },
      { key: 'who', heading: text.who, cell: ({ admin }) => admin },
      {
        key: 'action',
        heading: text.action,
        cell: ({ action }) => html`
          <div>${actionName(action)}</div>
          <div class="mono muted" .style=${NO_WRAP}>${action}</div>
        `,
      },
      {
        key: 'target',
        heading: text.target,
        width: '16rem',
        cell: ({ target }) => html`<span class="mono">${auditText(target)}</span>`,
      },
      {
        key: 'detail',
        heading: text.detail,
        width: '18rem',
        cell: ({ detail }) => html`<span class="small">${auditText(detail)}</span>`,
      },
      {
        key: 'address',
        heading: text.address,
        cell: ({ ip }) => html`<span class="mono" .style=${NO_WRAP}>${ip}</span>`,
      },
    ];
  }

  readonly #turn = (event: Event): void => {
    if (!(event instanceof PageWantedEvent)) return;
    const next = this.#page.value?.next ?? null;
    if (event.direction === 'previous') this.starts = this.starts.slice(0, -1);
    else if (next !== null) this.starts = [...this.starts, next];
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'audit-section': AuditSection;
  }
}
