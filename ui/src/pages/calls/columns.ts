import { html, nothing } from 'lit';
import type { ListedCall } from '../../../../src/contract/calls';
import type { Column } from '../../components/data-table';
import '../../components/status-pill';
import { codeText } from '../../i18n/errors';
import { formatDuration, formatNumber, formatTime } from '../../i18n/format';
import type { messages } from './messages';
import { KINDS, OUTCOMES, toneOf } from './outcomes';

type Text = (typeof messages)['en'];

/** The columns of the call log. */
export function columnsOf(text: Text): readonly Column<ListedCall>[] {
  const end = { align: 'end' } as const;
  return [
    {
      key: 'time',
      heading: text.time,
      width: '12rem',
      cell: ({ at }) =>
        html`<span class="small number" .style=${'white-space: nowrap'}>${formatTime(at)}</span>`,
    },
    {
      key: 'status',
      heading: text.status,
      cell: ({ status }) =>
        html`<status-pill tone=${toneOf(status)}>${String(status)}</status-pill>`,
    },
    { key: 'model', heading: text.model, cell: ({ model }) => model },
    { key: 'key', heading: text.key, cell: (call) => keyName(call, text) },
    { key: 'token', heading: text.token, cell: tokenCell },
    { key: 'kind', heading: text.kind, cell: ({ kind }) => kindName(kind, text) },
    { key: 'outcome', heading: text.outcome, cell: ({ outcome }) => outcomeName(outcome, text) },
    {
      ...end,
      key: 'duration',
      heading: text.duration,
      cell: ({ duration_ms: ms }) => formatDuration(ms),
    },
    {
      ...end,
      key: 'first',
      heading: text.firstPart,
      cell: ({ first_part_ms: ms }) => (ms === null ? '–' : formatDuration(ms)),
    },
    { ...end, key: 'tokens', heading: text.inOut, cell: (call) => tokensCell(call, text) },
    { ...end, key: 'units', heading: text.units, cell: ({ units }) => formatNumber(units) },
    {
      ...end,
      key: 'attempts',
      heading: text.attempts,
      cell: ({ attempts }) => formatNumber(attempts),
    },
    {
      key: 'error',
      heading: text.error,
      cell: ({ error }) => (error === null ? nothing : errorCell(error)),
    },
  ];
}

/** The code stays at hand: it is what the documents and the log know. */
export function errorCell(code: string) {
  return html`<span class="small" title=${code}>${codeText(code)}</span>`;
}

export function keyName({ key_name: name }: ListedCall, text: Text) {
  return name ?? html`<span class="muted">${text.deletedKey}</span>`;
}

/** A kind or outcome that is newer than this page is shown as it is called. */
export function kindName(kind: string, text: Text): string {
  const known = KINDS.find((name) => name === kind);
  return known === undefined ? kind : text.kinds[known];
}

export function outcomeName(outcome: string, text: Text): string {
  const known = OUTCOMES.find((name) => name === outcome);
  return known === undefined ? outcome : text.outcomes[known];
}

function tokenCell({ token, token_id: id }: ListedCall) {
  if (id === null) return '–';
  if (token === null) return html`<span class="mono muted">${id}</span>`;
  return html`<span class="mono" .style=${'white-space: nowrap'}>${token}</span>`;
}

function tokensCell(call: ListedCall, text: Text) {
  const { input_tokens: input, output_tokens: output, estimated } = call;
  if (input === null || output === null) return '–';
  return html`
    ${estimated === true ? html`<span class="muted small">${text.estimated}</span>` : nothing}
    ${formatNumber(input)} / ${formatNumber(output)}
  `;
}
