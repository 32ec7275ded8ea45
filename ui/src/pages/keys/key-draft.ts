import type { KeyItem } from '../../../../src/contract/keys';
import { KEY_KINDS, type KeyFields, type KeyKind } from '../../api/key-fields';

/** What the key form holds, and what it sends. Numbers are text as they are typed; blank is unlimited. */

export type NumberField = KeyKind | 'rpm' | 'concurrency';

export interface KeyDraft {
  readonly name: string;
  /** A key of this product to take over; only when one is made. */
  readonly key: string;
  readonly numbers: Readonly<Record<NumberField, string>>;
  /** `YYYY-MM-DDTHH:MM` of the reader's clock; blank is never. */
  readonly expires: string;
  /** Empty is every model. */
  readonly models: readonly string[];
  /** One address or block a line; blank is any. */
  readonly ips: string;
  readonly isActive: boolean;
}

/** Daily limits that can be filled in at once. */
export const PRESETS = {
  recommended: { chat: '300', heavy: '100', image: '100', video: '20' },
  unlimited: { chat: '', heavy: '', image: '', video: '' },
} as const satisfies Readonly<Record<string, Readonly<Record<KeyKind, string>>>>;
export type Preset = keyof typeof PRESETS;

export const EMPTY_DRAFT: KeyDraft = {
  name: '',
  key: '',
  numbers: { ...PRESETS.unlimited, rpm: '', concurrency: '' },
  expires: '',
  models: [],
  ips: '',
  isActive: true,
};

export function draftOf(key: KeyItem): KeyDraft {
  const limit = (value: number | null): string =>
    value === null || value === -1 ? '' : String(value);
  return {
    name: key.name,
    key: '',
    numbers: {
      chat: limit(key.chat_limit),
      heavy: limit(key.heavy_limit),
      image: limit(key.image_limit),
      video: limit(key.video_limit),
      rpm: limit(key.rpm),
      concurrency: limit(key.concurrency),
    },
    expires: key.expires_at === null ? '' : localTime(key.expires_at),
    models: key.models ?? [],
    ips: (key.ips ?? []).join('\n'),
    isActive: key.is_active,
  };
}

const MAX_DAILY = 1_000_000_000;
const MAX_RATE = 1_000_000;

export const RANGES: Readonly<Record<NumberField, readonly [least: number, most: number]>> = {
  chat: [0, MAX_DAILY],
  heavy: [0, MAX_DAILY],
  image: [0, MAX_DAILY],
  video: [0, MAX_DAILY],
  rpm: [1, MAX_RATE],
  concurrency: [1, MAX_RATE],
};

/** The fields whose number cannot be sent. */
export function wrongNumbers({ numbers }: KeyDraft): readonly NumberField[] {
  const fields: readonly NumberField[] = [...KEY_KINDS, 'rpm', 'concurrency'];
  return fields.filter((field) => {
    const text = numbers[field].trim();
    const [least, most] = RANGES[field];
    return text !== '' && !(/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most);
  });
}

/** A draft without wrong numbers, whole. */
export function fieldsOf(draft: KeyDraft): Required<KeyFields> {
  const number = (field: NumberField): number | null => {
    const text = draft.numbers[field].trim();
    return text === '' ? null : Number(text);
  };
  const ips = linesOf(draft.ips);
  return {
    name: draft.name.trim(),
    limits: {
      chat_per_day: number('chat'),
      heavy_per_day: number('heavy'),
      image_per_day: number('image'),
      video_per_day: number('video'),
    },
    rpm: number('rpm'),
    concurrency: number('concurrency'),
    expires_at: draft.expires === '' ? null : Date.parse(draft.expires),
    models: draft.models.length === 0 ? null : draft.models,
    ips: ips.length === 0 ? null : ips,
    is_active: draft.isActive,
  };
}

/** What an edit changes; what somebody else changes meanwhile is left alone. */
export function changesOf(draft: KeyDraft, before: KeyDraft): KeyFields {
  const now = fieldsOf(draft);
  const old = fieldsOf(before);
  const limits = differences(now.limits, old.limits);
  const { limits: _, ...others } = now;
  const changes: KeyFields = differences(others, old);
  return Object.keys(limits).length === 0 ? changes : { ...changes, limits };
}

function differences<T extends object>(now: T, old: Partial<T>): Partial<T> {
  const before = new Map<string, unknown>(Object.entries(old));
  const changed = Object.entries(now).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before.get(name)),
  );
  // SAFETY: the entries are those of `now`, fewer.
  return Object.fromEntries(changed) as Partial<T>;
}

/** The field of the form that an error's `param` means; null for none of them. */
export function fieldOfParam(param: string | null): string | null {
  if (param === null) return null;
  const [head = '', tail = ''] = param.split('.');
  if (head === 'limits') return KEY_KINDS.find((kind) => tail.startsWith(kind)) ?? null;
  const known = ['name', 'key', 'rpm', 'concurrency', 'expires_at', 'models', 'ips'];
  if (head === 'name_prefix') return 'name';
  return [...known, 'count'].find((field) => field === head) ?? null;
}

/** Lines without blanks, each once. */
export function linesOf(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((line) => line !== ''))];
}

/** As a `datetime-local` field holds it. @param at Unix ms */
function localTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
