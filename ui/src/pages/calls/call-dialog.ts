import { Task } from '@lit/task';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ListedCall } from '../../../../src/contract/calls';
import { readCall } from '../../api/calls';
import '../../components/app-dialog';
import '../../components/copy-button';
import '../../components/status-pill';
import { errorText } from '../../i18n/errors';
import { formatDuration, formatNumber, formatTime } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { providerName } from '../../i18n/names';
import { controls, shared } from '../../theme/shared';
import { errorCell, keyName, kindName, outcomeName } from './columns';
import { messages } from './messages';
import { toneOf } from './outcomes';

type Cell = TemplateResult | string | typeof nothing;

/** One call whole. @fires dialog-closed */
@customElement('call-dialog')
export class CallDialog extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      dl {
        display: grid;
        grid-template-columns: minmax(7rem, auto) minmax(0, 1fr);
        gap: 0.375rem 1rem;
        align-items: center;
        margin: 0;
      }
      dt {
        color: var(--muted);
        font-size: 0.875rem;
      }
      dd {
        min-width: 0;
        margin: 0;
        overflow-wrap: anywhere;
      }
      .id {
        flex-wrap: nowrap;
      }
      @media (max-width: 719px) {
        dl {
          grid-template-columns: 5.5rem minmax(0, 1fr);
        }
      }
      app-dialog {
        --dialog-width: 40rem;
      }
    `,
  ];

  @property() callId = '';
  readonly #i18n = new Localize(this, messages);

  readonly #call = new Task(this, {
    args: () => [this.callId] as const,
    task: ([id], { signal }) => readCall(id, signal),
  });

  override render() {
    const { value, error } = this.#call;
    return html`
      <app-dialog .heading=${this.#i18n.text.detail} .hasFooter=${false}>
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        ${value === undefined ? nothing : this.#renderCall(value)}
      </app-dialog>
    `;
  }

  #renderCall(call: ListedCall) {
    const rows = [...this.#course(call), ...this.#parties(call), ...this.#figures(call)];
    return html`
      <dl>
        ${rows.map(
          ([name, cell]) =>
            html`<dt>${name}</dt>
              <dd>${cell}</dd>`,
        )}
      </dl>
    `;
  }

  #course(call: ListedCall): (readonly [string, Cell])[] {
    const { text } = this.#i18n;
    return [
      [
        text.requestId,
        html`<span class="row id"
          ><span class="mono">${call.id}</span><copy-button .value=${call.id}></copy-button
        ></span>`,
      ],
      [text.time, formatTime(call.at)],
      [
        text.status,
        html`<status-pill tone=${toneOf(call.status)}>${String(call.status)}</status-pill>`,
      ],
      [text.outcome, outcomeName(call.outcome, text)],
      [text.error, call.error === null ? '–' : errorCell(call.error)],
      [text.model, call.model],
      [text.provider, providerName(call.provider)],
      [text.kind, kindName(call.kind, text)],
      [text.streamed, call.stream ? text.yes : text.no],
    ];
  }

  #parties(call: ListedCall): (readonly [string, Cell])[] {
    const { text } = this.#i18n;
    const link = (path: string, id: string, words: string) =>
      html`<a href="${path}?search=${encodeURIComponent(id)}">${words}</a>`;
    const own = (name: 'key' | 'token', id: string) =>
      html`<a href="/admin/calls?${name}=${encodeURIComponent(id)}&range=all">${text.only}</a>`;
    const { token_id: tokenId, token } = call;
    return [
      [
        text.key,
        html`${keyName(call, text)} <span class="mono muted">${call.key_id}</span>
          <div class="row small">
            ${call.key_name === null ? nothing : link('/admin/keys', call.key_id, text.showKey)}
            ${own('key', call.key_id)}
          </div>`,
      ],
      [
        text.token,
        tokenId === null
          ? '–'
          : html`<span class="mono">${token ?? text.tokenGone}</span>
              <span class="mono muted">${tokenId}</span>
              <div class="row small">
                ${token === null ? nothing : link('/admin/token', tokenId, text.showToken)}
                ${own('token', tokenId)}
              </div>`,
      ],
    ];
  }

  #figures(call: ListedCall): (readonly [string, Cell])[] {
    const { text } = this.#i18n;
    const count = (value: number | null): string => (value === null ? '–' : formatNumber(value));
    const mark = call.estimated === true ? ` (${text.estimated})` : '';
    const first = call.first_part_ms;
    return [
      [text.duration, formatDuration(call.duration_ms)],
      [text.firstPart, first === null ? '–' : formatDuration(first)],
      [text.attempts, count(call.attempts)],
      [text.input, count(call.input_tokens) + mark],
      [text.cached, count(call.cached_tokens)],
      [text.output, count(call.output_tokens) + mark],
      [text.reasoning, count(call.reasoning_tokens)],
      [text.units, count(call.units) + (call.uncertain ? ` (${text.uncertain})` : '')],
      [text.day, call.day],
    ];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'call-dialog': CallDialog;
  }
}
