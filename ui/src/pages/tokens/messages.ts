import type { BucketItem, ImportReason, TokenTest } from '../../../../src/contract/tokens';
import { formatNumber, formatRelative, formatTime } from '../../i18n/format';
import type { LocalReason } from './import-plan';
import type { Status } from './token-filter';

type TestFailure = Extract<TokenTest, { success: false }>['data']['error_type'];

interface TokensMessages {
  readonly title: string;
  readonly total: string;
  readonly statuses: Readonly<Record<Status, string>>;
  readonly chatLeft: string;
  readonly add: string;
  readonly import: string;
  readonly export: string;
  readonly edit: string;
  readonly delete: string;
  readonly refresh: string;
  readonly test: string;
  readonly save: string;
  readonly cancel: string;
  readonly close: string;
  readonly filters: string;
  readonly type: string;
  readonly status: string;
  readonly tag: string;
  readonly anyTag: string;
  readonly search: string;
  readonly clear: string;
  readonly results: (count: number) => string;
  readonly resultsAtLeast: (count: number) => string;
  readonly empty: string;
  readonly emptyHint: string;
  readonly nothingFound: string;
  readonly nothingFoundHint: string;
  readonly token: string;
  readonly copyId: string;
  readonly pool: string;
  readonly quota: string;
  readonly chatQuota: string;
  readonly heavyQuota: string;
  readonly quotaHint: string;
  readonly unknown: string;
  readonly unmetered: string;
  readonly stale: string;
  readonly staleHint: string;
  readonly uses: string;
  readonly usesOf: (count: number) => string;
  readonly inFlight: (count: number) => string;
  readonly neverUsed: string;
  readonly notes: string;
  readonly note: string;
  readonly tags: string;
  readonly tagsHint: string;
  readonly actions: string;
  readonly until: (at: number) => string;
  readonly testPassed: string;
  readonly testFailed: Readonly<Record<TestFailure, string>>;
  readonly refreshed: string;
  readonly notRefreshed: string;
  readonly deleted: string;
  readonly saved: string;
  readonly deleteOne: (mask: string) => string;
  readonly deleteMany: (count: number) => string;
  readonly deleteHint: string;
  readonly deleteUnseen: (count: number) => string;
  readonly more: string;
  readonly addTag: string;
  readonly removeTag: string;
  readonly setNote: string;
  readonly enable: string;
  readonly disable: string;
  readonly clearCooldown: string;
  readonly cooldownCleared: string;
  readonly revive: string;
  readonly selectAll: (count: number) => string;
  readonly selectFound: string;
  readonly collecting: string;
  readonly tooMany: (max: number) => string;
  readonly jobs: Readonly<Record<string, string>>;
  readonly failures: (count: number) => string;
  readonly moreFailures: (count: number) => string;
  readonly missing: string;
  readonly unread: string;
  readonly importHint: string;
  readonly credentials: string;
  readonly chooseFile: string;
  readonly dropHere: string;
  readonly fileChosen: (name: string) => string;
  readonly pasted: (lines: number) => string;
  readonly fileTooLarge: string;
  readonly discardFile: string;
  readonly check: string;
  readonly checking: string;
  readonly importing: string;
  readonly stop: string;
  readonly importCount: (count: number) => string;
  readonly back: string;
  readonly report: string;
  readonly result: string;
  readonly stopped: string;
  readonly lines: string;
  readonly fresh: string;
  readonly added: string;
  readonly changed: string;
  readonly known: string;
  readonly repeated: string;
  readonly invalid: string;
  readonly invalidLines: string;
  readonly line: (line: number) => string;
  readonly moreLines: (count: number) => string;
  readonly reasons: Readonly<Record<ImportReason | LocalReason, string>>;
  readonly nothingToImport: string;
  readonly what: string;
  readonly selectedOnly: (count: number) => string;
  readonly allMatching: string;
  readonly allTokens: string;
  readonly format: string;
  readonly factsCsv: string;
  readonly factsLines: string;
  readonly secrets: string;
  readonly secretsHint: string;
  readonly password: string;
  readonly download: string;
  readonly downloading: string;
  readonly wrongPassword: string;
  readonly credential: string;
  readonly disabled: string;
  readonly addedOne: string;
  readonly alreadyThere: string;
  readonly leaveEmpty: string;
  readonly details: string;
  readonly id: string;
  readonly created: string;
  readonly lastUsed: string;
  readonly source: string;
  readonly failuresInRow: string;
  readonly lastFailure: string;
  readonly underWay: string;
  readonly cooling: (until: number) => string;
  readonly bucketCools: string;
  readonly buckets: string;
  readonly noBuckets: string;
  readonly bucket: string;
  readonly free: string;
  readonly limit: string;
  readonly reserved: string;
  readonly used: string;
  readonly uncertain: string;
  readonly uncertainHint: string;
  readonly bucketSource: string;
  readonly sources: Readonly<Record<NonNullable<BucketItem['source']>, string>>;
  readonly neverRead: string;
  readonly resets: string;
  readonly recentCalls: string;
  readonly noCalls: string;
  readonly allCalls: string;
  readonly assets: string;
  readonly time: string;
  readonly at: (at: number) => string;
  readonly model: string;
  readonly outcome: string;
  readonly duration: string;
}

export const messages: Readonly<Record<'en' | 'zh', TokensMessages>> = {
  en: {
    title: 'Tokens',
    total: 'Total',
    statuses: {
      active: 'Active',
      cooling: 'Cooling',
      exhausted: 'Exhausted',
      invalid: 'Expired',
      disabled: 'Disabled',
    },
    chatLeft: 'Chat quota left',
    add: 'Add',
    import: 'Import',
    export: 'Export',
    edit: 'Edit',
    delete: 'Delete',
    refresh: 'Refresh',
    test: 'Test',
    save: 'Save',
    cancel: 'Cancel',
    close: 'Close',
    filters: 'Filters',
    type: 'Type',
    status: 'Status',
    tag: 'Tag',
    anyTag: 'Any tag',
    search: 'Search mask, note or id',
    clear: 'Clear filters',
    results: (count) => (count === 1 ? '1 token' : `${formatNumber(count)} tokens`),
    resultsAtLeast: (count) => `More than ${formatNumber(count)} tokens`,
    empty: 'No tokens yet',
    emptyHint: 'Import some, and the gateway can serve its first call.',
    nothingFound: 'No token matches',
    nothingFoundHint: 'Clear the filters to see all of them.',
    token: 'Token',
    copyId: 'Copy id',
    pool: 'Pool',
    quota: 'Quota left',
    chatQuota: 'Chat',
    heavyQuota: 'Heavy',
    quotaHint: 'Units left, as you know them; −1 means unknown.',
    unknown: 'unknown',
    unmetered: 'not metered',
    stale: 'stale',
    staleHint: 'The figure may be wrong; it is read again soon.',
    uses: 'Uses',
    usesOf: (count) => (count === 1 ? '1 use' : `${formatNumber(count)} uses`),
    inFlight: (count) => `${formatNumber(count)} in flight`,
    neverUsed: 'never used',
    notes: 'Tags and note',
    note: 'Note',
    tags: 'Tags',
    tagsHint: 'Separated by commas, at most 20.',
    actions: 'Actions',
    until: formatRelative,
    testPassed: 'The token works.',
    testFailed: {
      expired: 'Upstream no longer accepts this token.',
      banned: 'Upstream has blocked this account.',
      limited: 'Upstream says that this token is used up for now.',
      blocked: 'Upstream blocked the way out, not the token.',
      unreachable: 'Upstream could not be asked.',
      unknown: 'Upstream failed to answer.',
    },
    refreshed: 'Figures read.',
    notRefreshed: 'Some figures could not be read.',
    deleted: 'Deleted.',
    saved: 'Saved.',
    deleteOne: (mask) => `Delete ${mask}?`,
    deleteMany: (count) =>
      count === 1 ? 'Delete 1 token?' : `Delete ${formatNumber(count)} tokens?`,
    deleteUnseen: (count) => `${formatNumber(count)} of them are not on this page.`,
    deleteHint: 'Calls under way finish; the credential itself is forgotten.',
    more: 'Change',
    addTag: 'Add tag…',
    removeTag: 'Remove tag…',
    setNote: 'Set note…',
    enable: 'Enable',
    disable: 'Disable',
    clearCooldown: 'Clear cooldown',
    cooldownCleared: 'It will be used again.',
    revive: 'Use it again',
    selectAll: (count) => `Select all ${formatNumber(count)}`,
    selectFound: 'Select all that match',
    collecting: 'Collecting the matching tokens',
    tooMany: (max) => `Only the first ${formatNumber(max)} were selected.`,
    jobs: {
      'tokens.refresh': 'Refreshing tokens',
      'tokens.test': 'Testing tokens',
      'tokens.tag-add': 'Adding a tag',
      'tokens.tag-remove': 'Removing a tag',
      'tokens.note': 'Setting the note',
      'tokens.enable': 'Enabling tokens',
      'tokens.disable': 'Disabling tokens',
      'tokens.clear-cooldown': 'Clearing cooldowns',
      'tokens.delete': 'Deleting tokens',
    },
    failures: (count) => (count === 1 ? '1 failure' : `${formatNumber(count)} failures`),
    moreFailures: (count) => `and ${formatNumber(count)} more`,
    missing: 'not in the pool any more',
    unread: 'could not be read',
    importHint:
      'One credential a line: the bare value, sso=…, or a whole cookie string. JSON of earlier panels works too.',
    credentials: 'Credentials',
    chooseFile: 'Choose a file',
    dropHere: 'or drop a file here',
    fileChosen: (name) => `From the file ${name}`,
    pasted: (lines) => `${formatNumber(lines)} lines pasted`,
    fileTooLarge: 'The file is larger than 64 MiB.',
    discardFile: 'Use text instead',
    check: 'Check',
    checking: 'Checking, nothing is stored yet',
    importing: 'Importing',
    stop: 'Stop',
    importCount: (count) => `Import ${formatNumber(count)}`,
    back: 'Back',
    report: 'What would happen',
    result: 'What has happened',
    stopped: 'Stopped before the end: what was imported stays.',
    lines: 'Lines',
    fresh: 'New',
    added: 'Added',
    changed: 'Changed',
    known: 'Already there',
    repeated: 'Repeated',
    invalid: 'Invalid',
    invalidLines: 'Lines that cannot be used',
    line: (line) => `Line ${formatNumber(line)}`,
    moreLines: (count) => `and ${formatNumber(count)} more`,
    reasons: {
      'the cookie string holds no sso cookie': 'the cookie string holds no sso cookie',
      'too short to be a credential': 'too short to be a credential',
      'too long to be a credential': 'too long to be a credential',
      'holds characters that no credential has': 'holds characters that no credential has',
      mask: 'a mask, not the credential itself',
      format: 'neither text nor an object with a token',
    },
    nothingToImport: 'There is nothing new to import.',
    what: 'Which tokens',
    selectedOnly: (count) => `The ${formatNumber(count)} selected`,
    allMatching: 'All that match the filters',
    allTokens: 'All tokens',
    format: 'What of them',
    factsCsv: 'Masks and facts, as a table (CSV)',
    factsLines: 'Masks and facts, as JSON lines',
    secrets: 'Full secrets, one a line',
    secretsHint:
      'Whoever has this file can use the accounts. The export is written to the audit log.',
    password: 'Your password',
    download: 'Download',
    downloading: 'Preparing the file',
    wrongPassword: 'The password is wrong.',
    credential: 'Credential',
    disabled: 'Disabled: not used for calls',
    addedOne: 'Added.',
    alreadyThere: 'This token is already in the pool.',
    leaveEmpty: 'Leave empty to keep what is known.',
    details: 'Token',
    id: 'Id',
    created: 'Added',
    lastUsed: 'Last used',
    source: 'From',
    failuresInRow: 'Failures in a row',
    lastFailure: 'Last failure',
    underWay: 'Calls under way',
    cooling: (until) => `Cooling; back ${formatRelative(until)}`,
    bucketCools: 'One of its buckets is cooling.',
    buckets: 'Quota by bucket',
    noBuckets: 'No figures yet. Refresh to read them, or wait for the first call.',
    bucket: 'Bucket',
    free: 'Free',
    limit: 'Limit',
    reserved: 'Reserved',
    used: 'Used',
    uncertain: 'Uncertain',
    uncertainHint: 'Spent units that upstream may not have counted',
    bucketSource: 'Known from',
    sources: {
      reading: 'read upstream',
      entered: 'entered or imported',
      refusal: 'refused upstream',
    },
    neverRead: 'never read',
    resets: 'Returns',
    recentCalls: 'Recent calls',
    noCalls: 'It has served no call yet.',
    allCalls: 'All its calls',
    assets: 'Files of the account',
    time: 'Time',
    at: formatTime,
    model: 'Model',
    outcome: 'Outcome',
    duration: 'Duration',
  },
  zh: {
    title: '凭据',
    total: '总数',
    statuses: {
      active: '正常',
      cooling: '冷却中',
      exhausted: '额度耗尽',
      invalid: '已失效',
      disabled: '已停用',
    },
    chatLeft: '剩余对话额度',
    add: '添加',
    import: '导入',
    export: '导出',
    edit: '编辑',
    delete: '删除',
    refresh: '刷新',
    test: '测试',
    save: '保存',
    cancel: '取消',
    close: '关闭',
    filters: '筛选',
    type: '类型',
    status: '状态',
    tag: '标签',
    anyTag: '全部标签',
    search: '搜索掩码、备注或编号',
    clear: '清除筛选',
    results: (count) => `${formatNumber(count)} 个凭据`,
    resultsAtLeast: (count) => `超过 ${formatNumber(count)} 个凭据`,
    empty: '还没有凭据',
    emptyHint: '导入凭据后，网关即可处理第一个请求。',
    nothingFound: '没有符合条件的凭据',
    nothingFoundHint: '清除筛选可查看全部。',
    token: '凭据',
    copyId: '复制编号',
    pool: '池',
    quota: '剩余额度',
    chatQuota: '对话',
    heavyQuota: 'Heavy 额度',
    quotaHint: '您所知的剩余次数；−1 表示未知。',
    unknown: '未知',
    unmetered: '不计量',
    stale: '已过时',
    staleHint: '该数字可能不准，稍后会重新读取。',
    uses: '使用',
    usesOf: (count) => `使用 ${formatNumber(count)} 次`,
    inFlight: (count) => `进行中 ${formatNumber(count)}`,
    neverUsed: '从未使用',
    notes: '标签与备注',
    note: '备注',
    tags: '标签',
    tagsHint: '用逗号分隔，最多 20 个。',
    actions: '操作',
    until: formatRelative,
    testPassed: '凭据可用。',
    testFailed: {
      expired: '上游已不接受该凭据。',
      banned: '上游已封禁该账号。',
      limited: '上游表示该凭据暂时用尽。',
      blocked: '上游拦截的是出口，而非该凭据。',
      unreachable: '无法询问上游。',
      unknown: '上游没有正常回答。',
    },
    refreshed: '额度已读取。',
    notRefreshed: '部分额度未能读取。',
    deleted: '已删除。',
    saved: '已保存。',
    deleteOne: (mask) => `删除 ${mask}？`,
    deleteMany: (count) => `删除 ${formatNumber(count)} 个凭据？`,
    deleteUnseen: (count) => `其中 ${formatNumber(count)} 个不在本页。`,
    deleteHint: '进行中的调用会完成，凭据本身将被删除。',
    more: '修改',
    addTag: '添加标签…',
    removeTag: '移除标签…',
    setNote: '设置备注…',
    enable: '启用',
    disable: '停用',
    clearCooldown: '解除冷却',
    cooldownCleared: '该凭据将重新使用。',
    revive: '重新启用',
    selectAll: (count) => `选择全部 ${formatNumber(count)} 个`,
    selectFound: '选择全部符合条件的',
    collecting: '正在收集符合条件的凭据',
    tooMany: (max) => `只选择了前 ${formatNumber(max)} 个。`,
    jobs: {
      'tokens.refresh': '刷新凭据',
      'tokens.test': '测试凭据',
      'tokens.tag-add': '添加标签',
      'tokens.tag-remove': '移除标签',
      'tokens.note': '设置备注',
      'tokens.enable': '启用凭据',
      'tokens.disable': '停用凭据',
      'tokens.clear-cooldown': '解除冷却',
      'tokens.delete': '删除凭据',
    },
    failures: (count) => `${formatNumber(count)} 个失败`,
    moreFailures: (count) => `另有 ${formatNumber(count)} 个`,
    missing: '已不在池中',
    unread: '未能读取',
    importHint: '每行一个凭据：原值、sso=… 或整段 Cookie。也可使用旧面板的 JSON。',
    credentials: '凭据内容',
    chooseFile: '选择文件',
    dropHere: '或将文件拖到此处',
    fileChosen: (name) => `来自文件 ${name}`,
    pasted: (lines) => `已粘贴 ${formatNumber(lines)} 行`,
    fileTooLarge: '文件超过 64 MiB。',
    discardFile: '改用文本',
    check: '检查',
    checking: '正在检查，尚未写入',
    importing: '正在导入',
    stop: '停止',
    importCount: (count) => `导入 ${formatNumber(count)} 个`,
    back: '返回',
    report: '导入预览',
    result: '导入结果',
    stopped: '已提前停止，已导入的凭据会保留。',
    lines: '行数',
    fresh: '新增',
    added: '已新增',
    changed: '更新',
    known: '已存在',
    repeated: '重复',
    invalid: '无效',
    invalidLines: '无法使用的行',
    line: (line) => `第 ${formatNumber(line)} 行`,
    moreLines: (count) => `另有 ${formatNumber(count)} 行`,
    reasons: {
      'the cookie string holds no sso cookie': 'Cookie 中没有 sso',
      'too short to be a credential': '过短，不是凭据',
      'too long to be a credential': '过长，不是凭据',
      'holds characters that no credential has': '含有凭据中不会出现的字符',
      mask: '这是掩码，不是凭据本身',
      format: '既不是文本，也不是含 token 的对象',
    },
    nothingToImport: '没有可导入的新凭据。',
    what: '导出范围',
    selectedOnly: (count) => `已选的 ${formatNumber(count)} 个`,
    allMatching: '全部符合筛选条件的',
    allTokens: '全部凭据',
    format: '导出内容',
    factsCsv: '掩码与状态，表格（CSV）',
    factsLines: '掩码与状态，JSON 行',
    secrets: '完整凭据，每行一个',
    secretsHint: '持有此文件的人可以使用这些账号。导出会记入审计日志。',
    password: '您的密码',
    download: '下载',
    downloading: '正在准备文件',
    wrongPassword: '密码错误。',
    credential: '凭据原文',
    disabled: '停用：不用于调用',
    addedOne: '已添加。',
    alreadyThere: '该凭据已在池中。',
    leaveEmpty: '留空则保留已知数值。',
    details: '凭据详情',
    id: '编号',
    created: '添加时间',
    lastUsed: '最近使用',
    source: '来源',
    failuresInRow: '连续失败',
    lastFailure: '最近失败',
    underWay: '进行中的调用',
    cooling: (until) => `冷却中，${formatRelative(until)}恢复`,
    bucketCools: '其中一个额度桶正在冷却。',
    buckets: '各额度桶',
    noBuckets: '尚无额度数据。可刷新读取，或等待首次调用。',
    bucket: '额度桶',
    free: '可用',
    limit: '上限',
    reserved: '预留',
    used: '已用',
    uncertain: '不确定',
    uncertainHint: '已花费但上游可能未计的次数',
    bucketSource: '数据来源',
    sources: {
      reading: '从上游读取',
      entered: '手动填写或随导入提供',
      refusal: '上游拒绝',
    },
    neverRead: '从未读取',
    resets: '恢复',
    recentCalls: '最近调用',
    noCalls: '尚未处理过调用。',
    allCalls: '全部调用',
    assets: '账号中的文件',
    time: '时间',
    at: formatTime,
    model: '模型',
    outcome: '结果',
    duration: '耗时',
  },
};
