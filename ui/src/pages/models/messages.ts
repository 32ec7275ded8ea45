import type { ModelItem, ServingState } from '../../../../src/contract/models';
import { formatNumber, formatRelative } from '../../i18n/format';

interface ModelsMessages {
  readonly title: string;
  readonly hint: string;
  readonly refresh: string;
  readonly search: string;
  readonly kind: string;
  readonly kinds: Readonly<Record<ModelItem['kind'] | 'all', string>>;
  readonly serving: string;
  readonly states: Readonly<Record<ServingState | 'all', string>>;
  readonly why: Readonly<Record<ServingState, string>>;
  readonly until: (at: number) => string;
  readonly count: (count: number) => string;
  readonly model: string;
  readonly provider: string;
  readonly dialects: Readonly<Record<string, string>>;
  readonly capabilities: string;
  readonly tiers: string;
  readonly bucket: string;
  readonly units: (count: number) => string;
  readonly credentials: string;
  readonly credentialsOf: (active: number, live: number) => string;
  readonly aliasOf: (id: string) => string;
  readonly capability: Readonly<Record<string, string>>;
  readonly none: string;
  readonly noneHint: string;
  readonly settings: string;
}

export const messages: Readonly<Record<'en' | 'zh', ModelsMessages>> = {
  en: {
    title: 'Models',
    hint: 'What callers can ask for, and what can be served at this moment.',
    refresh: 'Refresh',
    search: 'Search models',
    kind: 'Kind',
    kinds: { all: 'All kinds', chat: 'Chat', image: 'Images', edit: 'Image edits', video: 'Video' },
    serving: 'State',
    states: {
      all: 'All states',
      available: 'Available',
      cooling: 'Cooling',
      spent: 'Spent',
      failing: 'Failing',
      no_credentials: 'No credential',
      off: 'Switched off',
    },
    why: {
      available: 'A credential can serve it now.',
      cooling: 'Every fitting credential is cooling down or used up.',
      spent: 'Every fitting credential has used up its quota.',
      failing: 'The provider fails on several credentials alike.',
      no_credentials: 'No working credential of a fitting tier.',
      off: 'Its generation is off, or another one serves this name.',
    },
    until: (at) => `Back ${formatRelative(at)}.`,
    count: (count) => (count === 1 ? '1 model' : `${formatNumber(count)} models`),
    model: 'Model',
    provider: 'Provider',
    dialects: {
      openai: "OpenAI's protocol",
      'rest-model': 'Web, by model and mode',
      'rest-mode': 'Web, by mode',
      gateway: 'Gateway socket',
    },
    capabilities: 'Can do',
    tiers: 'Tiers',
    bucket: 'Draws from',
    units: (count) => (count === 1 ? '1 unit a call' : `${formatNumber(count)} units a call`),
    credentials: 'Credentials',
    credentialsOf: (active, live) => `${formatNumber(active)} of ${formatNumber(live)} ready`,
    aliasOf: (id) => `older name of ${id}`,
    capability: {
      reasoning: 'reasoning',
      images: 'sees images',
      tools: 'tools',
      structuredOutput: 'structured output',
      search: 'search',
    },
    none: 'No model fits',
    noneHint: 'Change the filters.',
    settings: 'Choose generations in the settings',
  },
  zh: {
    title: '模型',
    hint: '调用方可以使用的模型，以及此刻能否提供服务。',
    refresh: '刷新',
    search: '搜索模型',
    kind: '类型',
    kinds: { all: '全部类型', chat: '对话', image: '绘图', edit: '改图', video: '视频' },
    serving: '状态',
    states: {
      all: '全部状态',
      available: '可用',
      cooling: '冷却中',
      spent: '已用尽',
      failing: '故障',
      no_credentials: '无凭据',
      off: '已关闭',
    },
    why: {
      available: '现在有凭据可以提供服务。',
      cooling: '合适的凭据都在冷却或已用完。',
      spent: '合适的凭据额度都已用完。',
      failing: '提供方在多个凭据上同样失败。',
      no_credentials: '没有合适等级的有效凭据。',
      off: '所属协议代已关闭，或由另一代提供此名称。',
    },
    until: (at) => `${formatRelative(at)}恢复。`,
    count: (count) => `${formatNumber(count)} 个模型`,
    model: '模型',
    provider: '提供方',
    dialects: {
      openai: 'OpenAI 协议',
      'rest-model': '网页接口（模型与模式）',
      'rest-mode': '网页接口（模式）',
      gateway: '网关套接字',
    },
    capabilities: '能力',
    tiers: '等级',
    bucket: '额度桶',
    units: (count) => `每次 ${formatNumber(count)} 单位`,
    credentials: '凭据',
    credentialsOf: (active, live) => `${formatNumber(active)} / ${formatNumber(live)} 就绪`,
    aliasOf: (id) => `${id} 的旧名`,
    capability: {
      reasoning: '推理',
      images: '看图',
      tools: '工具',
      structuredOutput: '结构化输出',
      search: '搜索',
    },
    none: '没有符合的模型',
    noneHint: '请调整筛选条件。',
    settings: '在设置中选择协议代',
  },
};
