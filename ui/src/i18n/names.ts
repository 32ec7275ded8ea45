import { language } from './language';

/** Names that all pages give the same things. Products keep their own names in every language. */

const PROVIDERS: Readonly<Record<string, { readonly en: string; readonly zh: string }>> = {
  'grok-web': { en: 'Grok web', zh: 'Grok 网页' },
  moonshot: { en: 'Moonshot', zh: 'Moonshot' },
  deepseek: { en: 'DeepSeek', zh: 'DeepSeek' },
  zai: { en: 'Z.ai', zh: '智谱 Z.ai' },
  siliconflow: { en: 'SiliconFlow', zh: '硅基流动' },
  xai: { en: 'xAI', zh: 'xAI' },
};

/** A provider by its id; one that is not known is called by it. */
export function providerName(id: string): string {
  return PROVIDERS[id]?.[language()] ?? id;
}

/** A type of token as the list is filtered by it: accounts by tier, with the words of earlier panels; official APIs. */
export function tokenTypeName(type: string): string {
  switch (type) {
    case 'sso':
      return language() === 'zh' ? '基础（sso）' : 'Basic (sso)';
    case 'super':
      return language() === 'zh' ? 'Super（supersso）' : 'Super (supersso)';
    case 'heavy':
      return 'Heavy';
    default:
      return providerName(type);
  }
}

/** What an account of the Grok site is subscribed to: Super and Heavy are names of products. */
export function tierName(tier: 'basic' | 'super' | 'heavy'): string {
  switch (tier) {
    case 'basic':
      return language() === 'zh' ? '基础' : 'Basic';
    case 'super':
      return 'Super';
    case 'heavy':
      return 'Heavy';
  }
}
