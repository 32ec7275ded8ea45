import { html } from 'lit';
import type { TokenItem } from '../../../../src/contract/tokens';
import { ApiError } from '../../api/call';
import { readToken, readTokenPage } from '../../api/tokens';
import type { PickerSource } from '../../components/item-picker';
import { providerName, tierName } from '../../i18n/names';

const SHOWN = 8;

/** Tokens, found by their mask, note or id. */
export const TOKENS: PickerSource<TokenItem> = tokensOf('');

/** Accounts of the Grok site only: official APIs keep no files. */
export const ACCOUNTS: PickerSource<TokenItem> = tokensOf('sso,ssoSuper');

/** @param type types to choose from, as the list of tokens takes them; empty for all */
function tokensOf(type: string): PickerSource<TokenItem> {
  return {
    words: {
      en: {
        label: 'Token',
        search: 'Mask, note or id',
        none: 'No token fits.',
        gone: 'not in the pool',
        clear: 'Choose another token',
      },
      zh: {
        label: '凭据',
        search: '掩码、备注或编号',
        none: '没有符合的凭据。',
        gone: '不在凭据池中',
        clear: '选择其他凭据',
      },
    },
    idOf: ({ id }) => id,
    async read(id, signal) {
      try {
        return await readToken(id, signal);
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.status === 404) return null;
        throw thrown;
      }
    },
    async find(search, signal) {
      const filter = { type, state: '', tag: '', search };
      return (await readTokenPage(filter, { after: '', limit: SHOWN }, signal)).items;
    },
    chosen: ({ token, note }) => html`
      <span class="mono">${token}</span> <span class="small">${note}</span>
    `,
    row: ({ token, provider, tier, note }) => html`
      <span class="mono">${token}</span>
      <span class="muted small">
        ${providerName(provider)}${provider === 'grok-web' ? ` · ${tierName(tier)}` : ''}${
          note === '' ? '' : ` · ${note}`
        }
      </span>
    `,
  };
}
