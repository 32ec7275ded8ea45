import type { KeyKind } from '../../api/key-fields';
import { formatNumber } from '../../i18n/format';
import type { NumberField, Preset } from './key-draft';
import type { Standing, Status } from './key-standing';

interface KeysMessages {
  readonly title: string;
  readonly add: string;
  readonly addMany: string;
  readonly refresh: string;
  readonly counts: Readonly<Record<'total' | 'active' | 'inactive' | 'exhausted', string>>;
  readonly search: string;
  readonly status: string;
  readonly statuses: Readonly<Record<Status, string>>;
  readonly standings: Readonly<Record<Standing, string>>;
  readonly results: (count: number) => string;
  readonly reset: string;
  readonly columns: Readonly<
    Record<
      'name' | 'key' | 'status' | 'usage' | 'dates' | 'expires' | 'created' | 'used' | 'actions',
      string
    >
  >;
  readonly kinds: Readonly<Record<KeyKind, string>>;
  readonly never: string;
  readonly perMinute: (count: string) => string;
  readonly atOnce: (count: string) => string;
  readonly allowlists: (models: number, ips: number) => string;
  readonly edit: (name: string) => string;
  readonly enable: (name: string) => string;
  readonly disable: (name: string) => string;
  readonly remove: (name: string) => string;
  readonly bulk: Readonly<Record<'enable' | 'disable' | 'delete', string>>;
  readonly selectAll: (count: number) => string;
  readonly removeTitle: (count: number) => string;
  readonly removeBody: (names: string, more: number) => string;
  readonly done: Readonly<Record<'enable' | 'disable' | 'delete', (count: number) => string>>;
  readonly saved: string;
  readonly noKeys: string;
  readonly noKeysHint: string;
  readonly noneFound: string;
  readonly noneFoundHint: string;
  readonly createTitle: string;
  readonly createManyTitle: string;
  readonly editTitle: (name: string) => string;
  readonly name: string;
  readonly nameHint: string;
  readonly value: string;
  readonly valueHint: string;
  readonly valueLocked: string;
  readonly count: string;
  readonly countWrong: string;
  readonly prefix: string;
  readonly prefixHint: string;
  readonly prefixMissing: string;
  readonly limits: string;
  readonly limitsHint: string;
  readonly presets: Readonly<Record<Preset, string>>;
  readonly fields: Readonly<Record<Exclude<NumberField, KeyKind>, string>>;
  readonly unlimited: string;
  readonly numberWrong: (least: number, most: number) => string;
  readonly expires: string;
  readonly expiresHint: string;
  readonly models: string;
  readonly modelsHint: string;
  readonly modelsPlaceholder: string;
  readonly ips: string;
  readonly ipsHint: string;
  readonly addressWrong: (address: string) => string;
  readonly enabled: string;
  readonly create: string;
  readonly save: string;
  readonly cancel: string;
  readonly madeTitle: (count: number) => string;
  readonly madeHint: string;
  readonly notTaken: string;
  readonly tryIt: string;
  readonly allKeys: string;
  readonly download: string;
  readonly close: string;
}

const many = (count: number, one: string, more: string): string =>
  `${formatNumber(count)} ${count === 1 ? one : more}`;

export const messages: Readonly<Record<'en' | 'zh', KeysMessages>> = {
  en: {
    title: 'API keys',
    add: 'Add key',
    addMany: 'Add several',
    refresh: 'Refresh',
    counts: {
      total: 'Keys',
      active: 'Enabled',
      inactive: 'Disabled',
      exhausted: 'Exhausted today',
    },
    search: 'Search name or key',
    status: 'Status',
    statuses: {
      all: 'All statuses',
      active: 'Enabled',
      inactive: 'Disabled',
      exhausted: 'Exhausted',
    },
    standings: {
      active: 'Enabled',
      inactive: 'Disabled',
      exhausted: 'Exhausted',
      expired: 'Expired',
    },
    results: (count) => many(count, 'result', 'results'),
    reset: 'Clear filters',
    columns: {
      name: 'Name and key',
      key: 'Key',
      status: 'Status',
      usage: 'Used today / limit',
      dates: 'Dates',
      expires: 'Expires',
      created: 'Created',
      used: 'Used',
      actions: 'Actions',
    },
    kinds: { chat: 'Chat', heavy: 'Heavy', image: 'Images', video: 'Videos' },
    never: 'never',
    perMinute: (count) => `${count} a minute`,
    atOnce: (count) => `${count} at once`,
    allowlists: (models, ips) =>
      [
        models === 0 ? '' : many(models, 'model', 'models'),
        ips === 0 ? '' : many(ips, 'address', 'addresses'),
      ]
        .filter((part) => part !== '')
        .join(' · '),
    edit: (name) => `Edit ${name}`,
    enable: (name) => `Enable ${name}`,
    disable: (name) => `Disable ${name}`,
    remove: (name) => `Delete ${name}`,
    bulk: { enable: 'Enable', disable: 'Disable', delete: 'Delete' },
    selectAll: (count) => `Select all ${formatNumber(count)}`,
    removeTitle: (count) =>
      count === 1 ? 'Delete this key?' : `Delete ${many(count, '', 'keys')}?`,
    removeBody: (names, more) =>
      `${names}${more === 0 ? '' : ` and ${formatNumber(more)} more`} will be refused from now on. ` +
      'This cannot be undone.',
    done: {
      enable: (count) => `${many(count, 'key', 'keys')} enabled.`,
      disable: (count) => `${many(count, 'key', 'keys')} disabled.`,
      delete: (count) => `${many(count, 'key', 'keys')} deleted.`,
    },
    saved: 'The key is saved.',
    noKeys: 'There is no key yet',
    noKeysHint: 'A client needs a key to call this gateway. Add the first one.',
    noneFound: 'No key matches',
    noneFoundHint: 'Search for something else, or clear the filters.',
    createTitle: 'Add a key',
    createManyTitle: 'Add several keys',
    editTitle: (name) => `Edit ${name}`,
    name: 'Name',
    nameHint: 'Blank: a name is made.',
    value: 'Own key value',
    valueHint: 'Only to take over a key of this product. Blank: a new key is made.',
    valueLocked: 'The key itself cannot be changed.',
    count: 'How many',
    countWrong: 'From 1 to 1,000.',
    prefix: 'Name prefix',
    prefixHint: 'The keys are named prefix-1, prefix-2, …',
    prefixMissing: 'Enter a prefix.',
    limits: 'Daily limits',
    limitsHint: 'Blank: unlimited. 0: none allowed.',
    presets: { recommended: 'Recommended', unlimited: 'Unlimited' },
    fields: { rpm: 'Requests a minute', concurrency: 'Calls at once' },
    unlimited: 'unlimited',
    numberWrong: (least, most) =>
      `A whole number from ${formatNumber(least)} to ${formatNumber(most)}, or blank.`,
    expires: 'Expires at',
    expiresHint: 'Blank: never.',
    models: 'Allowed models',
    modelsHint: 'Empty: every model.',
    modelsPlaceholder: 'Model name',
    ips: 'Allowed addresses',
    ipsHint: 'One IP address or CIDR block a line. Blank: any.',
    addressWrong: (address) => `"${address}" is no IP address or CIDR block.`,
    enabled: 'Enabled',
    create: 'Create',
    save: 'Save',
    cancel: 'Cancel',
    madeTitle: (count) => (count === 1 ? 'Your new key' : `Your ${formatNumber(count)} new keys`),
    madeHint: 'Shown only this once: copy it now and keep it safe.',
    notTaken: 'Nothing has been copied yet, and it cannot be shown again.',
    tryIt: 'Try it in a terminal',
    allKeys: 'New keys',
    download: 'Download',
    close: 'Done',
  },
  zh: {
    title: 'API 密钥',
    add: '新建密钥',
    addMany: '批量新建',
    refresh: '刷新',
    counts: { total: '密钥总数', active: '已启用', inactive: '已停用', exhausted: '今日用尽' },
    search: '搜索名称或密钥',
    status: '状态',
    statuses: { all: '全部状态', active: '已启用', inactive: '已停用', exhausted: '已用尽' },
    standings: { active: '已启用', inactive: '已停用', exhausted: '已用尽', expired: '已过期' },
    results: (count) => `${formatNumber(count)} 条结果`,
    reset: '清除筛选',
    columns: {
      name: '名称与密钥',
      key: '密钥',
      status: '状态',
      usage: '今日用量 / 限额',
      dates: '时间',
      expires: '过期',
      created: '创建',
      used: '使用',
      actions: '操作',
    },
    kinds: { chat: '对话', heavy: 'Heavy', image: '图片', video: '视频' },
    never: '从不',
    perMinute: (count) => `每分钟 ${count}`,
    atOnce: (count) => `并发 ${count}`,
    allowlists: (models, ips) =>
      [
        models === 0 ? '' : `${formatNumber(models)} 个模型`,
        ips === 0 ? '' : `${formatNumber(ips)} 个地址`,
      ]
        .filter((part) => part !== '')
        .join(' · '),
    edit: (name) => `编辑 ${name}`,
    enable: (name) => `启用 ${name}`,
    disable: (name) => `停用 ${name}`,
    remove: (name) => `删除 ${name}`,
    bulk: { enable: '启用', disable: '停用', delete: '删除' },
    selectAll: (count) => `选择全部 ${formatNumber(count)} 项`,
    removeTitle: (count) => (count === 1 ? '删除此密钥？' : `删除 ${formatNumber(count)} 个密钥？`),
    removeBody: (names, more) =>
      `${names}${more === 0 ? '' : ` 等另外 ${formatNumber(more)} 个`}将立即失效，且无法恢复。`,
    done: {
      enable: (count) => `已启用 ${formatNumber(count)} 个密钥。`,
      disable: (count) => `已停用 ${formatNumber(count)} 个密钥。`,
      delete: (count) => `已删除 ${formatNumber(count)} 个密钥。`,
    },
    saved: '密钥已保存。',
    noKeys: '还没有密钥',
    noKeysHint: '客户端需要密钥才能调用此网关，请先新建一个。',
    noneFound: '没有匹配的密钥',
    noneFoundHint: '请更换搜索内容，或清除筛选。',
    createTitle: '新建密钥',
    createManyTitle: '批量新建密钥',
    editTitle: (name) => `编辑 ${name}`,
    name: '名称',
    nameHint: '留空则自动生成。',
    value: '自定义密钥值',
    valueHint: '仅用于沿用本产品生成的密钥；留空则生成新密钥。',
    valueLocked: '密钥本身不能修改。',
    count: '数量',
    countWrong: '请输入 1 到 1,000。',
    prefix: '名称前缀',
    prefixHint: '密钥将命名为 前缀-1、前缀-2……',
    prefixMissing: '请输入前缀。',
    limits: '每日限额',
    limitsHint: '留空为不限，0 为不允许。',
    presets: { recommended: '推荐', unlimited: '不限' },
    fields: { rpm: '每分钟请求数', concurrency: '并发数' },
    unlimited: '不限',
    numberWrong: (least, most) =>
      `请输入 ${formatNumber(least)} 到 ${formatNumber(most)} 的整数，或留空。`,
    expires: '过期时间',
    expiresHint: '留空为永不过期。',
    models: '允许的模型',
    modelsHint: '不选则允许全部模型。',
    modelsPlaceholder: '模型名称',
    ips: '允许的地址',
    ipsHint: '每行一个 IP 地址或 CIDR 网段；留空则不限。',
    addressWrong: (address) => `“${address}”不是 IP 地址或 CIDR 网段。`,
    enabled: '启用',
    create: '创建',
    save: '保存',
    cancel: '取消',
    madeTitle: (count) => (count === 1 ? '新密钥' : `${formatNumber(count)} 个新密钥`),
    madeHint: '仅显示这一次，请立即复制并妥善保存。',
    notTaken: '尚未复制，关闭后将无法再次查看。',
    tryIt: '在终端中试用',
    allKeys: '新密钥',
    download: '下载',
    close: '完成',
  },
};
