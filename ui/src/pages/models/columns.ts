import { html, nothing } from 'lit';
import type { ModelItem, ServingState } from '../../../../src/contract/models';
import type { Column } from '../../components/data-table';
import '../../components/copy-button';
import '../../components/status-pill';
import { providerName, tierName } from '../../i18n/names';
import type { messages } from './messages';

type Text = (typeof messages)['en'];

const TONES = {
  available: 'good',
  cooling: 'warn',
  spent: 'warn',
  failing: 'alarm',
  no_credentials: 'neutral',
  off: 'neutral',
} as const satisfies Record<ServingState, string>;

/** What a row of the catalog shows. */
export function modelColumns(text: Text): Column<ModelItem>[] {
  return [
    {
      key: 'id',
      heading: text.model,
      // On a phone its state is seen beside it.
      width: 'min(17rem, 45vw)',
      cell: ({ id, name, alias_of: target }) => html`
        <div class="row" .style=${'flex-wrap: nowrap; gap: 0.25rem'}>
          <span class="mono">${id}</span><copy-button .value=${id}></copy-button>
        </div>
        <div class="muted small">${target === null ? name : text.aliasOf(target)}</div>
      `,
    },
    {
      key: 'serving',
      heading: text.serving,
      width: '12rem',
      cell: ({ serving, until }) => html`
        <status-pill tone=${TONES[serving]}>${text.states[serving]}</status-pill>
        ${
          serving === 'available'
            ? nothing
            : html`<div class="muted small">
                ${text.why[serving]} ${until === null ? nothing : text.until(until)}
              </div>`
        }
      `,
    },
    {
      key: 'credentials',
      heading: text.credentials,
      align: 'end',
      cell: ({ active, live, serving }) =>
        serving === 'off' ? nothing : text.credentialsOf(active, live),
    },
    { key: 'kind', heading: text.kind, cell: ({ kind }) => text.kinds[kind] },
    {
      key: 'provider',
      heading: text.provider,
      width: '12rem',
      cell: ({ provider, generation, upstream, dialect }) => html`
        ${providerName(provider)}${generation === null ? nothing : ` · ${generation.toUpperCase()}`}
        <div class="muted small mono">${upstream}</div>
        <div class="muted small">${text.dialects[dialect] ?? dialect}</div>
      `,
    },
    {
      key: 'capabilities',
      heading: text.capabilities,
      width: '12rem',
      cell: ({ capabilities }) =>
        capabilities.map((name) => text.capability[name] ?? name).join(', '),
    },
    { key: 'tiers', heading: text.tiers, cell: ({ tiers }) => tiers.map(tierName).join(', ') },
    {
      key: 'bucket',
      heading: text.bucket,
      cell: ({ bucket, units }) => html`
        <div class="mono">${bucket}</div>
        <div class="muted small">${text.units(units)}</div>
      `,
    },
  ];
}
