import { html } from 'lit';
import type { KeyItem } from '../../../../src/contract/keys';
import { findKeys } from '../../api/keys';
import type { PickerSource } from '../../components/item-picker';

const SHOWN = 8;

/** Keys, found by their name, mask or id. */
export const KEYS: PickerSource<KeyItem> = {
  words: {
    en: {
      label: 'Key',
      search: 'Name, mask or id',
      none: 'No key fits.',
      gone: 'deleted key',
      clear: 'Choose another key',
    },
    zh: {
      label: '密钥',
      search: '名称、掩码或编号',
      none: '没有符合的密钥。',
      gone: '已删除的密钥',
      clear: '选择其他密钥',
    },
  },
  idOf: ({ id }) => id,
  read: async (id, signal) =>
    (await findKeys(id, SHOWN, signal)).find((key) => key.id === id) ?? null,
  find: (text, signal) => findKeys(text, SHOWN, signal),
  chosen: ({ name }) => html`${name}`,
  row: ({ name, display_key: mask }) => html`
    <span>${name}</span>
    <span class="muted small mono">${mask}</span>
  `,
};
