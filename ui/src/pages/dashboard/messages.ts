import { formatNumber, formatRelative } from '../../i18n/format';

interface DashboardMessages {
  readonly title: string;
  readonly range: string;
  readonly days: (count: number) => string;
  readonly live: string;
  readonly updated: (at: number) => string;
  readonly requests: string;
  readonly successRate: string;
  readonly latency: string;
  readonly latencyHint: string;
  readonly inputTokens: string;
  readonly outputTokens: string;
  readonly openCalls: string;
  readonly pool: string;
  readonly provider: string;
  readonly tier: string;
  readonly active: string;
  readonly exhausted: string;
  readonly cooling: string;
  readonly expired: string;
  readonly disabled: string;
  readonly noTokens: string;
  readonly noTokensHint: string;
  readonly addTokens: string;
  readonly quota: string;
  readonly bucket: string;
  readonly left: string;
  readonly spent: string;
  readonly spentOf: (spent: number, known: number) => string;
  readonly unread: string;
  readonly returns: string;
  readonly returnsAt: (at: number) => string;
  readonly noQuota: string;
  readonly perDay: string;
  readonly perHour: string;
  readonly latencyPerDay: string;
  readonly latencyPerHour: string;
  readonly tokensPerDay: string;
  readonly tokensPerHour: string;
  readonly seconds: string;
  readonly succeeded: string;
  readonly failed: string;
  readonly topModels: string;
  readonly topKeys: string;
  readonly refusals: (days: number) => string;
  readonly none: string;
  readonly model: string;
  readonly key: string;
  readonly reason: string;
  readonly count: string;
  readonly deletedKey: string;
}

export const messages: Readonly<Record<'en' | 'zh', DashboardMessages>> = {
  en: {
    title: 'Dashboard',
    range: 'Time range',
    days: (count) => (count === 1 ? 'Today' : `Last ${formatNumber(count)} days`),
    live: 'Live',
    updated: (at) => `Updated ${formatRelative(at)}`,
    requests: 'Requests',
    successRate: 'Success rate',
    latency: 'Mean duration',
    latencyHint: 'from admission to the end',
    inputTokens: 'Input tokens',
    outputTokens: 'Output tokens',
    openCalls: 'Under way now',
    pool: 'Pool health',
    provider: 'Provider',
    tier: 'Tier',
    active: 'Active',
    exhausted: 'Used up',
    cooling: 'Cooling',
    expired: 'Expired',
    disabled: 'Disabled',
    noTokens: 'The pool is empty',
    noTokensHint: 'Nothing can be served before there are credentials.',
    addTokens: 'Import tokens',
    quota: 'Quota left',
    bucket: 'Bucket',
    left: 'Left',
    spent: 'Spent',
    spentOf: (spent, known) => `${formatNumber(spent)} / ${formatNumber(known)}`,
    unread: 'Unread',
    returns: 'Returns',
    returnsAt: (at) => formatRelative(at),
    noQuota: 'No figures have been read yet. They come with the first calls.',
    perDay: 'Requests a day',
    perHour: 'Requests an hour, last 24 hours',
    latencyPerDay: 'Mean duration by day',
    latencyPerHour: 'Mean duration by hour, last 24 hours',
    tokensPerDay: 'Tokens a day',
    tokensPerHour: 'Tokens an hour, last 24 hours',
    seconds: 'Seconds',
    succeeded: 'Succeeded',
    failed: 'Failed',
    topModels: 'Top models',
    topKeys: 'Top keys',
    refusals: (days) =>
      days === 1 ? 'Refused requests, today' : `Refused requests, last ${formatNumber(days)} days`,
    none: 'Nothing in this range.',
    model: 'Model',
    key: 'Key',
    reason: 'Reason',
    count: 'Count',
    deletedKey: 'deleted key',
  },
  zh: {
    title: '概览',
    range: '时间范围',
    days: (count) => (count === 1 ? '今天' : `最近 ${formatNumber(count)} 天`),
    live: '实时',
    updated: (at) => `更新于${formatRelative(at)}`,
    requests: '请求数',
    successRate: '成功率',
    latency: '平均耗时',
    latencyHint: '从准入到结束',
    inputTokens: '输入 token',
    outputTokens: '输出 token',
    openCalls: '进行中',
    pool: '凭据池状态',
    provider: '提供方',
    tier: '等级',
    active: '可用',
    exhausted: '已用尽',
    cooling: '冷却中',
    expired: '已失效',
    disabled: '已停用',
    noTokens: '凭据池为空',
    noTokensHint: '添加凭据后才能提供服务。',
    addTokens: '导入凭据',
    quota: '剩余额度',
    bucket: '额度桶',
    left: '剩余',
    spent: '已用尽',
    spentOf: (spent, known) => `${formatNumber(spent)} / ${formatNumber(known)}`,
    unread: '未读取',
    returns: '最早恢复',
    returnsAt: (at) => formatRelative(at),
    noQuota: '尚未读取到额度，首次调用后即会显示。',
    perDay: '每日请求',
    perHour: '最近 24 小时每小时请求',
    latencyPerDay: '每日平均耗时',
    latencyPerHour: '最近 24 小时每小时平均耗时',
    tokensPerDay: '每日 token',
    tokensPerHour: '最近 24 小时每小时 token',
    seconds: '秒',
    succeeded: '成功',
    failed: '失败',
    topModels: '常用模型',
    topKeys: '活跃密钥',
    refusals: (days) =>
      days === 1 ? '今天被拒绝的请求' : `最近 ${formatNumber(days)} 天被拒绝的请求`,
    none: '此范围内没有数据。',
    model: '模型',
    key: '密钥',
    reason: '原因',
    count: '次数',
    deletedKey: '已删除的密钥',
  },
};
