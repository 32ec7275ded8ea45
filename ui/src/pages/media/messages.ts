import type { PurgeTarget } from '../../../../src/contract/cache';
import type { MediaKind } from '../../../../src/contract/media';
import { formatBytes, formatNumber } from '../../i18n/format';

interface MediaMessages {
  readonly title: string;
  readonly sections: Readonly<Record<'images' | 'videos' | 'accounts', string>>;
  readonly sectionsLabel: string;
  readonly ofCap: (bytes: number, capBytes: number) => string;
  readonly accountsCounted: (count: number) => string;
  readonly notCounted: string;
  readonly clearAll: string;
  readonly clearKind: Readonly<Record<MediaKind, string>>;
  readonly clearTitle: Readonly<Record<PurgeTarget, string>>;
  readonly clearBody: (count: number, bytes: number) => string;
  readonly clearAction: string;
  readonly clearing: string;
  readonly stopClearing: string;
  readonly cleared: (count: number, bytes: number) => string;
  readonly gaveUp: string;
  readonly search: string;
  readonly refresh: string;
  readonly none: Readonly<Record<MediaKind, string>>;
  readonly noneHint: string;
  readonly noneAction: Readonly<Record<MediaKind, string>>;
  readonly noneFound: string;
  readonly noneFoundHint: string;
  readonly preview: string;
  readonly name: string;
  readonly size: string;
  readonly read: string;
  readonly expires: string;
  readonly actions: string;
  readonly view: string;
  readonly select: string;
  readonly remove: string;
  readonly removeTitle: (count: number) => string;
  readonly removeBody: string;
  readonly removed: string;
  readonly jobs: Readonly<Record<MediaJobName, string>>;
  readonly failures: (count: number) => string;
  readonly tryAgain: string;
  readonly dismiss: string;
  readonly accountsHint: string;
  readonly count: string;
  readonly counting: (count: number) => string;
  readonly stop: string;
  readonly account: string;
  readonly files: string;
  readonly atLeast: (count: number) => string;
  readonly state: string;
  readonly ok: string;
  readonly failed: string;
  readonly open: string;
  readonly clearAccounts: string;
  readonly clearAccountsTitle: (count: number) => string;
  readonly clearAccountsBody: string;
  readonly oneAccount: string;
  readonly pickHint: string;
  readonly type: string;
  readonly created: string;
  readonly noFiles: string;
  readonly noFilesHint: string;
  readonly removeAll: string;
  readonly listing: (count: number) => string;
  readonly assetsTitle: (count: number) => string;
  readonly assetsBody: string;
  readonly filesFailed: (count: string) => string;
}

export type MediaJobName = 'media.image' | 'media.video' | 'media.assets' | 'media.accounts';

export const messages: Readonly<Record<'en' | 'zh', MediaMessages>> = {
  en: {
    title: 'Media',
    sections: { images: 'Cached images', videos: 'Cached videos', accounts: 'Online assets' },
    sectionsLabel: 'What to show',
    ofCap: (bytes, capBytes) => `${formatBytes(bytes)} of ${formatBytes(capBytes)} for all`,
    accountsCounted: (count) =>
      count === 1 ? 'in one account' : `in ${formatNumber(count)} accounts`,
    notCounted: 'not counted yet',
    clearAll: 'Clear everything',
    clearKind: { image: 'Clear images', video: 'Clear videos' },
    clearTitle: {
      image: 'Clear all cached images?',
      video: 'Clear all cached videos?',
      all: 'Clear the whole cache?',
    },
    clearBody: (count, bytes) =>
      `${formatNumber(count)} files, ${formatBytes(bytes)}. What upstream still has is fetched again when its link is opened; uploads are gone.`,
    clearAction: 'Clear',
    clearing: 'Clearing the cache',
    stopClearing: 'Stop clearing',
    cleared: (count, bytes) => `${formatNumber(count)} cleared, ${formatBytes(bytes)}.`,
    gaveUp: 'Clearing was given up after too many failures. Try again later.',
    search: 'Search names',
    refresh: 'Refresh',
    none: { image: 'No image is cached', video: 'No video is cached' },
    noneHint: 'What clients make and read is kept here until it expires.',
    noneAction: { image: 'Make a picture', video: 'Make a video' },
    noneFound: 'Nothing fits',
    noneFoundHint: 'Search for a part of the name.',
    preview: 'Preview',
    name: 'Name',
    size: 'Size',
    read: 'Last read',
    expires: 'Expires',
    actions: 'Actions',
    view: 'Open in a new tab',
    select: 'Select',
    remove: 'Delete',
    removeTitle: (count) =>
      count === 1 ? 'Delete this file?' : `Delete ${formatNumber(count)} files?`,
    removeBody: 'Links to it work only as long as upstream has it.',
    removed: 'The file is deleted.',
    jobs: {
      'media.image': 'Deleting images',
      'media.video': 'Deleting videos',
      'media.assets': 'Deleting files of an account',
      'media.accounts': 'Deleting all files of accounts',
    },
    failures: (count) =>
      count === 1 ? 'One is still there' : `${formatNumber(count)} are still there`,
    tryAgain: 'Try these again',
    dismiss: 'Dismiss',
    accountsHint:
      'Files that Grok accounts hold upstream. Each account is asked, so a large pool takes a while.',
    count: 'Count all accounts',
    counting: (count) => `${formatNumber(count)} accounts asked so far`,
    stop: 'Stop',
    account: 'Account',
    files: 'Files',
    atLeast: (count) => `${formatNumber(count)} or more`,
    state: 'State',
    ok: 'Read',
    failed: 'Failed',
    open: 'Show files',
    clearAccounts: 'Delete all their files',
    clearAccountsTitle: (count) =>
      count === 1
        ? 'Delete all files of this account?'
        : `Delete all files of ${formatNumber(count)} accounts?`,
    clearAccountsBody: 'They are deleted upstream and cannot be brought back.',
    oneAccount: 'Files of one account',
    pickHint: 'Choose a token to see what its account holds.',
    type: 'Type',
    created: 'Created',
    noFiles: 'This account holds no files',
    noFilesHint: 'Uploads and generated media appear here once there are some.',
    removeAll: 'Delete all files',
    listing: (count) => `Found ${formatNumber(count)} so far`,
    assetsTitle: (count) =>
      count === 1 ? 'Delete this file upstream?' : `Delete ${formatNumber(count)} files upstream?`,
    assetsBody: 'They are gone from the account and cannot be brought back.',
    filesFailed: (count) => `${count} of its files are still there.`,
  },
  zh: {
    title: '媒体',
    sections: { images: '缓存图片', videos: '缓存视频', accounts: '在线资源' },
    sectionsLabel: '显示内容',
    ofCap: (bytes, capBytes) => `${formatBytes(bytes)}，总上限 ${formatBytes(capBytes)}`,
    accountsCounted: (count) => `来自 ${formatNumber(count)} 个账号`,
    notCounted: '尚未统计',
    clearAll: '全部清空',
    clearKind: { image: '清空图片', video: '清空视频' },
    clearTitle: {
      image: '清空全部缓存图片？',
      video: '清空全部缓存视频？',
      all: '清空整个缓存？',
    },
    clearBody: (count, bytes) =>
      `${formatNumber(count)} 个文件，共 ${formatBytes(bytes)}。上游仍有的文件会在打开链接时重新获取，上传的文件则不再可用。`,
    clearAction: '清空',
    clearing: '正在清空缓存',
    stopClearing: '停止清空',
    cleared: (count, bytes) => `已清理 ${formatNumber(count)} 个，共 ${formatBytes(bytes)}。`,
    gaveUp: '失败次数过多，清理已中止。请稍后再试。',
    search: '搜索名称',
    refresh: '刷新',
    none: { image: '没有缓存图片', video: '没有缓存视频' },
    noneHint: '客户端生成和读取的内容会保留在这里，直到过期。',
    noneAction: { image: '去绘图', video: '去生成视频' },
    noneFound: '没有符合的文件',
    noneFoundHint: '请搜索名称的一部分。',
    preview: '预览',
    name: '名称',
    size: '大小',
    read: '最近读取',
    expires: '过期时间',
    actions: '操作',
    view: '在新标签页打开',
    select: '选择',
    remove: '删除',
    removeTitle: (count) =>
      count === 1 ? '删除这个文件？' : `删除 ${formatNumber(count)} 个文件？`,
    removeBody: '此后只要上游还有该文件，链接仍可使用。',
    removed: '文件已删除。',
    jobs: {
      'media.image': '正在删除图片',
      'media.video': '正在删除视频',
      'media.assets': '正在删除账号的文件',
      'media.accounts': '正在清空账号的全部文件',
    },
    failures: (count) => `${formatNumber(count)} 个仍然存在`,
    tryAgain: '重试这些',
    dismiss: '关闭',
    accountsHint: 'Grok 账号在上游保存的文件。需要逐个询问账号，凭据多时会花一些时间。',
    count: '统计全部账号',
    counting: (count) => `已询问 ${formatNumber(count)} 个账号`,
    stop: '停止',
    account: '账号',
    files: '文件数',
    atLeast: (count) => `至少 ${formatNumber(count)}`,
    state: '状态',
    ok: '已读取',
    failed: '失败',
    open: '查看文件',
    clearAccounts: '删除其全部文件',
    clearAccountsTitle: (count) => `删除 ${formatNumber(count)} 个账号的全部文件？`,
    clearAccountsBody: '文件会在上游删除，无法恢复。',
    oneAccount: '单个账号的文件',
    pickHint: '选择一个凭据，查看其账号保存的文件。',
    type: '类型',
    created: '创建时间',
    noFiles: '该账号没有文件',
    noFilesHint: '上传和生成的内容会显示在这里。',
    removeAll: '删除全部文件',
    listing: (count) => `已找到 ${formatNumber(count)} 个`,
    assetsTitle: (count) =>
      count === 1 ? '在上游删除这个文件？' : `在上游删除 ${formatNumber(count)} 个文件？`,
    assetsBody: '文件会从账号中删除，无法恢复。',
    filesFailed: (count) => `仍有 ${count} 个文件未删除。`,
  },
};
