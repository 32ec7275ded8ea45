import type { ErrorCode } from '../../src/contract/errors';

/** What the panel says. A key that lacks a language does not compile. */
interface Messages {
  readonly setUp: string;
  readonly setUpHint: string;
  readonly code: string;
  readonly username: string;
  readonly password: string;
  readonly passwordHint: string;
  readonly create: string;
  readonly missing: (names: string) => string;
  readonly firstKey: string;
  readonly firstKeyHint: string;
  readonly goOn: string;
  readonly logIn: string;
  readonly logOut: string;
  readonly status: string;
  readonly total: string;
  readonly active: string;
  readonly cooling: string;
  readonly expired: string;
  readonly disabled: string;
  readonly chatQuota: string;
  readonly calls: string;
  readonly refresh: string;
  readonly loading: string;
  readonly unreachable: string;
  /** By error code; what is not here is said in the gateway's own words, which are English. */
  readonly errors: ReadonlyMap<string | null, string>;
}

const inChinese: Readonly<Partial<Record<ErrorCode, string>>> = {
  invalid_credentials: '用户名或密码错误。',
  invalid_setup_code: '设置码错误。',
  invalid_request: '用户名或密码不符合要求，或密码过于简单。',
  too_many_attempts: '失败次数过多，请稍后再试。',
  already_set_up: '已有管理员，请刷新页面后登录。',
  missing_session: '请先登录。',
  session_expired: '会话已结束，请重新登录。',
  origin_not_allowed: '此请求来自其他网站。',
  not_set_up: '尚无管理员，请先初始化网关。',
  not_migrated: '数据库尚未迁移。',
  internal: '网关处理此请求时出错。',
};

const en: Messages = {
  setUp: 'Set up the gateway',
  setUpHint: 'Nobody has set up this gateway yet. The set-up code is the SETUP_CODE secret.',
  code: 'Set-up code',
  username: 'User name',
  password: 'Password',
  passwordHint: 'At least 10 characters, and not easy to guess.',
  create: 'Create the admin',
  missing: (names) => `These secrets must be set first: ${names}`,
  firstKey: 'Your first API key',
  firstKeyHint: 'It is shown only this once. Keep it somewhere safe.',
  goOn: 'Continue',
  logIn: 'Log in',
  logOut: 'Log out',
  status: 'Credentials',
  total: 'Total',
  active: 'Active',
  cooling: 'Cooling down',
  expired: 'Expired',
  disabled: 'Disabled',
  chatQuota: 'Known units left',
  calls: 'Calls so far',
  refresh: 'Refresh',
  loading: 'Loading…',
  unreachable: 'The gateway cannot be reached.',
  errors: new Map(),
};

const zh: Messages = {
  setUp: '初始化网关',
  setUpHint: '此网关尚未初始化。设置码即 SETUP_CODE 密钥的值。',
  code: '设置码',
  username: '用户名',
  password: '密码',
  passwordHint: '至少 10 个字符，且不易猜测。',
  create: '创建管理员',
  missing: (names) => `请先设置这些密钥：${names}`,
  firstKey: '您的第一个 API 密钥',
  firstKeyHint: '仅显示这一次，请妥善保存。',
  goOn: '继续',
  logIn: '登录',
  logOut: '退出登录',
  status: '凭据',
  total: '总数',
  active: '可用',
  cooling: '冷却中',
  expired: '已过期',
  disabled: '已停用',
  chatQuota: '已知剩余聊天额度',
  calls: '累计调用',
  refresh: '刷新',
  loading: '加载中…',
  unreachable: '无法连接网关。',
  errors: new Map(Object.entries(inChinese)),
};

const isChinese = navigator.language.toLowerCase().startsWith('zh');

/** The messages in the browser's language: Chinese, or English for everyone else. */
export const text = isChinese ? zh : en;

document.documentElement.lang = isChinese ? 'zh' : 'en';
