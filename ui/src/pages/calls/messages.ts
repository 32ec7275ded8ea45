import { formatNumber, formatTime } from '../../i18n/format';
import type { Range, STATUSES } from './call-filter';
import type { Kind, Outcome } from './outcomes';

type Status = (typeof STATUSES)[number];

interface CallsMessages {
  readonly title: string;
  readonly search: string;
  readonly live: string;
  readonly refresh: string;
  readonly exportCsv: string;
  readonly exportLines: string;
  readonly exported: string;
  readonly exporting: string;
  readonly stopExport: string;
  readonly clear: string;
  readonly clearTitle: string;
  readonly clearBody: string;
  readonly clearAction: string;
  readonly cleared: (count: number) => string;
  readonly range: string;
  readonly ranges: Readonly<Record<Range, string>>;
  readonly from: string;
  readonly to: string;
  readonly filters: (count: number) => string;
  readonly key: string;
  readonly model: string;
  readonly anyModel: string;
  readonly token: string;
  readonly outcome: string;
  readonly anyOutcome: string;
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly status: string;
  readonly anyStatus: string;
  readonly statuses: Readonly<Record<Status, string>>;
  readonly pageSize: string;
  readonly perPage: (count: number) => string;
  readonly reset: string;
  readonly total: string;
  readonly today: string;
  readonly success: string;
  readonly failed: string;
  readonly rate: string;
  readonly tokensUsed: string;
  readonly tokensHint: string;
  readonly kept: (days: number, rows: number) => string;
  readonly since: (at: number) => string;
  readonly overTime: string;
  readonly refusals: string;
  readonly refusalsHint: (days: number) => string;
  readonly noRefusals: string;
  readonly time: string;
  readonly kind: string;
  readonly kinds: Readonly<Record<Kind, string>>;
  readonly duration: string;
  readonly firstPart: string;
  readonly inOut: string;
  readonly estimated: string;
  readonly units: string;
  readonly attempts: string;
  readonly error: string;
  readonly deletedKey: string;
  readonly none: string;
  readonly noneHint: string;
  readonly toKeys: string;
  readonly noneFound: string;
  readonly noneFoundHint: string;
  readonly showAll: string;
  readonly detail: string;
  readonly requestId: string;
  readonly provider: string;
  readonly tokenGone: string;
  readonly showToken: string;
  readonly showKey: string;
  readonly only: string;
  readonly streamed: string;
  readonly yes: string;
  readonly no: string;
  readonly uncertain: string;
  readonly day: string;
  readonly input: string;
  readonly output: string;
  readonly cached: string;
  readonly reasoning: string;
}

export const messages: Readonly<Record<'en' | 'zh', CallsMessages>> = {
  en: {
    title: 'Calls',
    search: 'Search id, model, key or error',
    live: 'Live',
    refresh: 'Refresh',
    exportCsv: 'Export CSV',
    exportLines: 'Export NDJSON',
    exported: 'The export is saved.',
    exporting: 'Exporting calls',
    stopExport: 'Stop',
    clear: 'Clear log',
    clearTitle: 'Clear the whole call log?',
    clearBody:
      'Every call in it is deleted, whatever the filters show. The daily sums of the dashboard stay.',
    clearAction: 'Clear',
    cleared: (count) =>
      count === 1 ? 'One call is deleted.' : `${formatNumber(count)} calls are deleted.`,
    range: 'Time range',
    ranges: {
      '1h': 'Last hour',
      '24h': 'Last 24 hours',
      '7d': 'Last 7 days',
      '30d': 'Last 30 days',
      all: 'All time',
      custom: 'From … to …',
    },
    from: 'From',
    to: 'To',
    filters: (count) => (count === 0 ? 'Filters' : `Filters (${formatNumber(count)})`),
    key: 'Key',
    model: 'Model',
    anyModel: 'Any model',
    token: 'Token',
    outcome: 'Outcome',
    anyOutcome: 'Any outcome',
    outcomes: {
      done: 'Done',
      partial: 'Cut short',
      aborted: 'Left by the caller',
      unused: 'Not sent',
      limited: 'Rate-limited',
      revoked: 'Token refused',
      banned: 'Account banned',
      blocked: 'Blocked',
      refused: 'Content refused',
      faulty: 'Upstream fault',
      lost: 'Not heard of again',
    },
    status: 'Status',
    anyStatus: 'Any status',
    statuses: {
      '2xx': '2xx: success',
      '4xx': '4xx: caller',
      '429': '429: too many',
      '5xx': '5xx: failure',
    },
    pageSize: 'Rows on a page',
    perPage: (count) => `${formatNumber(count)} rows`,
    reset: 'Clear filters',
    total: 'Calls',
    today: 'Of these today',
    success: 'Succeeded',
    failed: 'Failed',
    rate: 'Success rate',
    tokensUsed: 'Tokens in / out',
    tokensHint: 'where they are known',
    kept: (days, rows) =>
      `The log keeps ${formatNumber(days)} days, at most ${formatNumber(rows)} calls.`,
    since: (at) => `Its oldest call is of ${formatTime(at)}.`,
    overTime: 'Calls over time',
    refusals: 'Refused before a token was lent',
    refusalsHint: (days) =>
      days === 1 ? 'today, all keys' : `last ${formatNumber(days)} days, all keys`,
    noRefusals: 'None.',
    time: 'Time',
    kind: 'Kind',
    kinds: { chat: 'Chat', image: 'Picture', video: 'Video' },
    duration: 'Duration',
    firstPart: 'First part',
    inOut: 'Tokens in / out',
    estimated: 'estimated',
    units: 'Units',
    attempts: 'Attempts',
    error: 'Error',
    deletedKey: 'deleted key',
    none: 'No calls yet',
    noneHint: 'They are listed here as soon as clients use a key.',
    toKeys: 'Go to the keys',
    noneFound: 'No call fits',
    noneFoundHint: 'Widen the time range or take filters away.',
    showAll: 'Show all calls',
    detail: 'Call',
    requestId: 'Request id',
    provider: 'Provider',
    tokenGone: 'no longer in the pool',
    showToken: 'Show the token',
    showKey: 'Show the key',
    only: 'Only its calls',
    streamed: 'Streamed',
    yes: 'Yes',
    no: 'No',
    uncertain: 'upstream may not have counted them',
    day: 'Charged to',
    input: 'Input tokens',
    output: 'Output tokens',
    cached: 'Of these cached',
    reasoning: 'Of these reasoning',
  },
  zh: {
    title: '调用日志',
    search: '搜索编号、模型、密钥或错误',
    live: '实时',
    refresh: '刷新',
    exportCsv: '导出 CSV',
    exportLines: '导出 NDJSON',
    exported: '导出文件已保存。',
    exporting: '正在导出调用',
    stopExport: '停止',
    clear: '清空日志',
    clearTitle: '清空全部调用日志？',
    clearBody: '无论当前筛选如何，日志中的所有调用都会被删除。概览中的每日统计会保留。',
    clearAction: '清空',
    cleared: (count) => `已删除 ${formatNumber(count)} 条调用记录。`,
    range: '时间范围',
    ranges: {
      '1h': '最近 1 小时',
      '24h': '最近 24 小时',
      '7d': '最近 7 天',
      '30d': '最近 30 天',
      all: '全部时间',
      custom: '自定义',
    },
    from: '从',
    to: '到',
    filters: (count) => (count === 0 ? '筛选' : `筛选（${formatNumber(count)}）`),
    key: '密钥',
    model: '模型',
    anyModel: '全部模型',
    token: '凭据',
    outcome: '结果',
    anyOutcome: '全部结果',
    outcomes: {
      done: '完成',
      partial: '中断',
      aborted: '客户端离开',
      unused: '未发送',
      limited: '被限流',
      revoked: '凭据被拒',
      banned: '账号被封',
      blocked: '被拦截',
      refused: '内容被拒',
      faulty: '上游故障',
      lost: '失去联系',
    },
    status: '状态码',
    anyStatus: '全部状态',
    statuses: {
      '2xx': '2xx：成功',
      '4xx': '4xx：调用方',
      '429': '429：过多',
      '5xx': '5xx：失败',
    },
    pageSize: '每页行数',
    perPage: (count) => `${formatNumber(count)} 行`,
    reset: '清除筛选',
    total: '调用数',
    today: '其中今日',
    success: '成功',
    failed: '失败',
    rate: '成功率',
    tokensUsed: '输入 / 输出 token',
    tokensHint: '仅统计已知的',
    kept: (days, rows) => `日志保留 ${formatNumber(days)} 天，最多 ${formatNumber(rows)} 条。`,
    since: (at) => `最早的记录是 ${formatTime(at)}。`,
    overTime: '调用趋势',
    refusals: '借出凭据前被拒绝',
    refusalsHint: (days) =>
      days === 1 ? '今天，全部密钥' : `最近 ${formatNumber(days)} 天，全部密钥`,
    noRefusals: '没有。',
    time: '时间',
    kind: '类型',
    kinds: { chat: '对话', image: '图片', video: '视频' },
    duration: '耗时',
    firstPart: '首段',
    inOut: '输入 / 输出 token',
    estimated: '估算',
    units: '额度',
    attempts: '尝试次数',
    error: '错误',
    deletedKey: '已删除的密钥',
    none: '还没有调用',
    noneHint: '客户端使用密钥后，调用会显示在这里。',
    toKeys: '前往密钥页面',
    noneFound: '没有符合的调用',
    noneFoundHint: '请放宽时间范围或减少筛选条件。',
    showAll: '显示全部调用',
    detail: '调用详情',
    requestId: '请求编号',
    provider: '提供方',
    tokenGone: '已不在凭据池中',
    showToken: '查看凭据',
    showKey: '查看密钥',
    only: '只看它的调用',
    streamed: '流式',
    yes: '是',
    no: '否',
    uncertain: '上游可能未计入',
    day: '计入日期',
    input: '输入 token',
    output: '输出 token',
    cached: '其中缓存',
    reasoning: '其中推理',
  },
};
