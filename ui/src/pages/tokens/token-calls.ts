import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CallItem } from '../../../../src/contract/calls';
import { readTokenCalls } from '../../api/tokens';
import '../../components/data-table';
import type { Column } from '../../components/data-table';
import '../../components/status-pill';
import { codeText, errorText } from '../../i18n/errors';
import { formatDuration, formatShortTime } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { shared } from '../../theme/shared';
import { messages } from './messages';

const SHOWN = 10;

/** The newest calls that a token served. */
@customElement('token-calls')
export class TokenCalls extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        min-width: 0;
      }
      data-table {
        --table-width: 32rem;
      }
    `,
  ];

  @property() tokenId = '';
  readonly #i18n = new Localize(this, messages);

  readonly #calls = new Task(this, {
    args: () => [this.tokenId] as const,
    task: ([id], { signal }) => readTokenCalls(id, SHOWN, signal),
  });

  override render() {
    const { text } = this.#i18n;
    const { value, error } = this.#calls;
    if (error !== undefined) return html`<p role="alert">${errorText(error)}</p>`;
    if (value === undefined) return nothing;
    return html`
      <data-table
        caption=${text.recentCalls}
        .columns=${this.#columns()}
        .rows=${value}
        .keyOf=${({ id }: CallItem) => id}
      >
        <p slot="empty" class="muted">${text.noCalls}</p>
      </data-table>
    `;
  }

  #columns(): Column<CallItem>[] {
    const { text } = this.#i18n;
    return [
      { key: 'time', heading: text.time, cell: ({ at }) => formatShortTime(at) },
      {
        key: 'model',
        heading: text.model,
        cell: ({ model }) => html`<span class="mono">${model}</span>`,
      },
      {
        key: 'outcome',
        heading: text.outcome,
        cell: ({ status, error }) => html`
          <status-pill tone=${status < 400 ? 'good' : 'alarm'}>${status}</status-pill>
          ${error === null ? nothing : html`<span class="small" title=${error}>${codeText(error)}</span>`}
        `,
      },
      {
        key: 'duration',
        heading: text.duration,
        align: 'end',
        cell: ({ duration_ms: ms }) => formatDuration(ms),
      },
    ];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'token-calls': TokenCalls;
  }
}
