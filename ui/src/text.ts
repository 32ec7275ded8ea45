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
}

const en: Messages = {
  setUp: 'Set up the gateway',
  setUpHint: 'Nobody has set up this gateway yet. The set-up code is the SETUP_CODE secret.',
  code: 'Set-up code',
  username: 'User name',
  password: 'Password',
  passwordHint: 'At least 10 characters.',
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
  chatQuota: 'Chat units left',
  calls: 'Calls so far',
  refresh: 'Refresh',
  loading: 'Loading…',
  unreachable: 'The gateway cannot be reached.',
};

const zh: Messages = {
  setUp: '初始化网关',
  setUpHint: '此网关尚未初始化。设置码即 SETUP_CODE 密钥的值。',
  code: '设置码',
  username: '用户名',
  password: '密码',
  passwordHint: '至少 10 个字符。',
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
  chatQuota: '剩余聊天额度',
  calls: '累计调用',
  refresh: '刷新',
  loading: '加载中…',
  unreachable: '无法连接网关。',
};

const isChinese = navigator.language.toLowerCase().startsWith('zh');

/** The messages in the browser's language: Chinese, or English for everyone else. */
export const text = isChinese ? zh : en;

document.documentElement.lang = isChinese ? 'zh' : 'en';
