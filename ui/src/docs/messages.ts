import type { Dictionary } from '../i18n/localize';

export interface DocsMessages {
  readonly title: string;
  readonly about: string;
  readonly search: string;
  readonly language: string;
  readonly theme: string;
  readonly themes: Readonly<Record<'system' | 'light' | 'dark', string>>;
  readonly groups: string;
  /** Of the document, where the reader's language is another. */
  readonly names: Readonly<Record<string, string>>;
  readonly panel: string;
  readonly file: string;
  readonly loading: string;
  readonly failed: string;
  readonly again: string;
  readonly nothing: string;
  readonly count: (shown: number, all: number) => string;
  readonly byKey: string;
  readonly bySession: string;
  readonly byNothing: string;
  readonly parameters: string;
  readonly request: string;
  readonly responses: string;
  readonly example: string;
  readonly required: string;
  readonly any: string;
}

export const messages: Dictionary<DocsMessages> = {
  en: {
    title: 'Grok2API · API',
    about: 'Every route of this gateway, drawn from the rules that it checks requests by.',
    search: 'Search routes',
    language: 'Language',
    theme: 'Theme',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    groups: 'Groups',
    names: {},
    panel: 'Panel',
    file: 'openapi.json',
    loading: 'Loading…',
    failed: 'The document could not be read.',
    again: 'Try again',
    nothing: 'No route is called like that. Search for fewer words.',
    count: (shown, all) => (shown === all ? `${all} routes` : `${shown} of ${all} routes`),
    byKey: 'API key',
    bySession: 'Session of an administrator',
    byNothing: 'Open',
    parameters: 'Parameters',
    request: 'Request',
    responses: 'Responses',
    example: 'Example',
    required: 'required',
    any: 'Any further fields',
  },
  zh: {
    title: 'Grok2API · 接口文档',
    about: '本网关的全部接口，由其校验请求所用的规则生成。',
    search: '搜索接口',
    language: '语言',
    theme: '主题',
    themes: { system: '跟随系统', light: '浅色', dark: '深色' },
    groups: '分组',
    names: {
      Chat: '对话',
      Models: '模型',
      Images: '图片',
      Imagine: '连续生图',
      Videos: '视频',
      Files: '文件',
      Media: '媒体',
      Gateway: '网关',
      'Admin: sessions': '管理：会话',
      'Admin: tokens': '管理：令牌',
      'Admin: keys': '管理：密钥',
      'Admin: calls': '管理：调用',
      'Admin: media': '管理：媒体',
      'Admin: settings': '管理：设置',
      'Older paths': '旧版路径',
    },
    panel: '管理面板',
    file: 'openapi.json',
    loading: '加载中…',
    failed: '无法读取接口文档。',
    again: '重试',
    nothing: '没有匹配的接口，请减少关键词。',
    count: (shown, all) => (shown === all ? `共 ${all} 个接口` : `${shown} / ${all} 个接口`),
    byKey: 'API 密钥',
    bySession: '管理员会话',
    byNothing: '无需凭证',
    parameters: '参数',
    request: '请求',
    responses: '响应',
    example: '示例',
    required: '必填',
    any: '允许其他字段',
  },
};
