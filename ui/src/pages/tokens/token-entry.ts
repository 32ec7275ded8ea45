import type { TokenItem, TokenUpload } from '../../../../src/contract/tokens';
import type { TokenFields } from '../../api/tokens';

/** What the form of one token says, and what follows from it. */
export interface TokenEntry {
  readonly credential: string;
  readonly note: string;
  readonly tags: readonly string[];
  readonly isDisabled: boolean;
  /** Null when nothing was entered. */
  readonly quota: number | null;
  readonly heavyQuota: number | null;
}

const MAX_TAGS = 20;

export function readForm(form: HTMLFormElement): TokenEntry {
  const data = new FormData(form);
  const text = (name: string): string => {
    const value = data.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const figure = (name: string): number | null => {
    const value = text(name);
    return value === '' ? null : Math.trunc(Number(value));
  };
  return {
    credential: text('credential'),
    note: text('note'),
    tags: readTags(text('tags')),
    isDisabled: data.has('disabled'),
    quota: figure('quota'),
    heavyQuota: figure('heavyQuota'),
  };
}

function readTags(text: string): string[] {
  const tags = text.split(/[,，]/).map((tag) => tag.trim().slice(0, 50));
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, MAX_TAGS);
}

export function uploadOf(entry: TokenEntry): TokenUpload {
  return {
    token: entry.credential,
    note: entry.note,
    tags: [...entry.tags],
    ...(entry.isDisabled ? { status: 'disabled' } : {}),
    ...(entry.quota === null ? {} : { quota: entry.quota }),
    ...(entry.heavyQuota === null ? {} : { heavy_quota: entry.heavyQuota }),
  };
}

/** Only what differs is sent: the pool may have learned something since the form was opened. */
export function changesOf(
  item: TokenItem,
  entry: TokenEntry,
  tier: TokenItem['tier'],
): TokenFields {
  const isDisabled = item.status === 'disabled';
  const isSame = entry.tags.join('\n') === item.tags.join('\n');
  return {
    ...(entry.note === item.note ? {} : { note: entry.note }),
    ...(isSame ? {} : { tags: [...entry.tags] }),
    ...(item.provider !== 'grok-web' || tier === item.tier ? {} : { tier }),
    ...(entry.isDisabled === isDisabled ? {} : { disabled: entry.isDisabled }),
    ...(entry.quota === null || entry.quota === item.quota ? {} : { quota: entry.quota }),
    ...(entry.heavyQuota === null || entry.heavyQuota === item.heavy_quota
      ? {}
      : { heavy_quota: entry.heavyQuota }),
  };
}
