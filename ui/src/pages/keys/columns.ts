import { html, nothing } from 'lit';
import type { KeyItemWithUsage } from '../../../../src/contract/keys';
import type { Column } from '../../components/data-table';
import { icon } from '../../components/icon';
import '../../components/status-pill';
import { formatNumber, formatRelative, formatTime } from '../../i18n/format';
import { type Standing, standingOf } from './key-standing';
import './key-usage';
import type { messages } from './messages';

type Text = (typeof messages)['en'];

const NO_WRAP = 'white-space: nowrap';

/** What the buttons of a row do. */
export interface RowActions {
  readonly canChange: boolean;
  edit(key: KeyItemWithUsage): void;
  switchOn(key: KeyItemWithUsage, isOn: boolean): void;
  remove(key: KeyItemWithUsage): void;
}

const TONES = {
  active: 'good',
  inactive: 'neutral',
  exhausted: 'warn',
  expired: 'alarm',
} as const satisfies Readonly<Record<Standing, string>>;

/** The columns of the table of keys. @param now Unix ms */
export function columnsOf(
  text: Text,
  now: number,
  actions: RowActions,
): readonly Column<KeyItemWithUsage>[] {
  const { columns } = text;
  return [
    { key: 'name', heading: columns.name, cell: (key) => nameCell(key, text) },
    { key: 'status', heading: columns.status, cell: (key) => statusCell(key, text, now) },
    {
      key: 'usage',
      heading: columns.usage,
      cell: (key) => html`<key-usage .key=${key}></key-usage>`,
    },
    { key: 'dates', heading: columns.dates, cell: (key) => datesCell(key, text) },
    {
      key: 'actions',
      heading: columns.actions,
      cell: (key) => actionsCell(key, text, actions),
    },
  ];
}

function nameCell(key: KeyItemWithUsage, text: Text) {
  const { models, ips, rpm, concurrency } = key;
  const notes = [
    rpm === null ? '' : text.perMinute(formatNumber(rpm)),
    concurrency === null ? '' : text.atOnce(formatNumber(concurrency)),
    text.allowlists(models?.length ?? 0, ips?.length ?? 0),
  ].filter((note) => note !== '');
  return html`
    <div .style=${'min-width: 9rem; overflow-wrap: anywhere'}>
      <strong>${key.name}</strong>
      <div class="mono muted" .style=${NO_WRAP}>${key.display_key}</div>
      <div class="small muted" title=${[...(models ?? []), ...(ips ?? [])].join(', ')}>
        ${notes.join(' · ')}
      </div>
    </div>
  `;
}

function statusCell(key: KeyItemWithUsage, text: Text, now: number) {
  const standing = standingOf(key, now);
  const isAlsoOff = !key.is_active && standing !== 'inactive';
  return html`
    <status-pill tone=${TONES[standing]}>${text.standings[standing]}</status-pill>
    ${isAlsoOff ? html`<status-pill>${text.standings.inactive}</status-pill>` : nothing}
  `;
}

function datesCell(key: KeyItemWithUsage, text: Text) {
  const { created_at: createdS, expires_at: expiresAt, last_used_at: usedAt } = key;
  const { created, expires, used } = text.columns;
  const line = (label: string, at: number | null) => html`
    <div .style=${NO_WRAP} title=${at === null ? '' : formatTime(at)}>
      <span class="muted">${label}</span> ${at === null ? text.never : formatRelative(at)}
    </div>
  `;
  return html`
    <div class="small">
      ${line(created, createdS * 1_000)} ${line(expires, expiresAt)} ${line(used, usedAt)}
    </div>
  `;
}

function actionsCell(key: KeyItemWithUsage, text: Text, actions: RowActions) {
  const { name, is_active: isOn } = key;
  const button = (label: string, symbol: Parameters<typeof icon>[0], act: () => void) => html`
    <button
      type="button"
      class="plain icon"
      aria-label=${label}
      title=${label}
      ?disabled=${!actions.canChange}
      @click=${act}
    >
      ${icon(symbol)}
    </button>
  `;
  return html`
    <div class="row" .style=${'flex-wrap: nowrap; gap: 0.25rem'}>
      ${button(text.edit(name), 'edit', () => actions.edit(key))}
      ${button(isOn ? text.disable(name) : text.enable(name), isOn ? 'stop' : 'play', () =>
        actions.switchOn(key, !isOn),
      )}
      ${button(text.remove(name), 'trash', () => actions.remove(key))}
    </div>
  `;
}
