import { type Language, language } from './language';

/** What the audit log says, in the reader's language: the gateway writes codes and counts. */

type Words = Readonly<Record<Language, string>>;

const ACTIONS: Readonly<Record<string, Words>> = {
  setup: { en: 'Set the gateway up', zh: '初始化网关' },
  'admins.create': { en: 'Added an account', zh: '新建账号' },
  'admins.delete': { en: 'Deleted an account', zh: '删除账号' },
  'admins.password': { en: "Set an account's password", zh: '重设账号密码' },
  'admins.role': { en: "Changed an account's role", zh: '更改账号角色' },
  'breakers.close': { en: 'Let calls through again', zh: '恢复放行调用' },
  'cache.clear': { en: 'Cleared the cache', zh: '清空缓存' },
  'cache.clear_cancelled': { en: 'Stopped clearing the cache', zh: '停止清空缓存' },
  'cache.delete': { en: 'Deleted cached files', zh: '删除缓存文件' },
  'cache.online-clear': { en: 'Cleared files of accounts', zh: '清空账号中的文件' },
  'calls.clear': { en: 'Cleared the call log', zh: '清空调用日志' },
  'config.update': { en: 'Changed settings', zh: '更改设置' },
  'keys.create': { en: 'Made keys', zh: '新建密钥' },
  'keys.delete': { en: 'Deleted keys', zh: '删除密钥' },
  'keys.disable': { en: 'Disabled keys', zh: '停用密钥' },
  'keys.enable': { en: 'Enabled keys', zh: '启用密钥' },
  'keys.update': { en: 'Edited a key', zh: '编辑密钥' },
  'logs.add': { en: 'Wrote a line into the log', zh: '写入日志' },
  'password.change': { en: 'Changed the own password', zh: '修改自己的密码' },
  'sessions.revoke': { en: 'Signed a browser out', zh: '退出一个会话' },
  'sessions.revoke-others': { en: 'Signed all others out', zh: '退出其他全部会话' },
  'tokens.assets-delete': { en: 'Deleted files of an account', zh: '删除账号中的文件' },
  'tokens.clear-cooldown': { en: 'Cleared cooldowns', zh: '解除冷却' },
  'tokens.delete': { en: 'Deleted tokens', zh: '删除凭据' },
  'tokens.export-secrets': { en: 'Exported full secrets', zh: '导出完整凭据' },
  'tokens.import': { en: 'Imported tokens', zh: '导入凭据' },
  'tokens.refresh': { en: 'Read the quota of tokens', zh: '刷新凭据额度' },
  'tokens.refresh-all': { en: 'Read the quota of all tokens', zh: '刷新全部凭据额度' },
  'tokens.replace': { en: 'Replaced the tokens', zh: '替换凭据' },
  'tokens.update': { en: 'Edited tokens', zh: '编辑凭据' },
};

const COUNTED: Readonly<Record<string, string>> = {
  tokens: '$1 个凭据',
  keys: '$1 个密钥',
  files: '$1 个文件',
  calls: '$1 条调用',
  objects: '$1 个文件',
  'objects gone': '已删除 $1 个文件',
  added: '新增 $1',
  updated: '更新 $1',
  removed: '移除 $1',
  deleted: '删除 $1',
  invalid: '无效 $1',
  ended: '结束 $1 个',
  closed: '恢复 $1 个',
  kept: '保留 $1 条',
};

/** What was done; an action that is not known is called by its code. */
export function actionName(action: string, reader: Language = language()): string {
  return Object.hasOwn(ACTIONS, action) ? (ACTIONS[action]?.[reader] ?? action) : action;
}

/** Counts in the reader's language. Whatever people named themselves stays as it is. */
export function auditText(text: string, reader: Language = language()): string {
  if (reader === 'en' || text === '') return text;
  if (text === 'all tokens') return '全部凭据';
  const version = /^version (\d+)$/.exec(text);
  if (version !== null) return `第 ${version[1]} 版`;
  const [, after, rest = text] = /^stopped after (\d+): (.*)$/.exec(text) ?? [];
  const parts = rest.split(', ').map(countInChinese);
  if (parts.includes(null)) return text;
  const counts = parts.join('，');
  return after === undefined ? counts : `处理 ${after} 个后停止：${counts}`;
}

function countInChinese(part: string): string | null {
  const [, count = '', noun = ''] = /^(\d+) ([a-z ]+)$/.exec(part) ?? [];
  const words = Object.hasOwn(COUNTED, noun) ? COUNTED[noun] : undefined;
  return words?.replace('$1', count) ?? null;
}
