interface LoginMessages {
  readonly setUp: string;
  readonly setUpHint: string;
  readonly code: string;
  readonly username: string;
  readonly password: string;
  readonly showPassword: string;
  readonly passwordHint: string;
  readonly strength: readonly [string, string, string, string];
  readonly create: string;
  readonly missing: (names: string) => string;
  readonly missingHint: string;
  readonly firstKey: string;
  readonly firstKeyHint: string;
  readonly goOn: string;
  readonly logIn: string;
}

export const messages: Readonly<Record<'en' | 'zh', LoginMessages>> = {
  en: {
    setUp: 'Set up the gateway',
    setUpHint: 'Nobody has set up this gateway yet. The set-up code is the SETUP_CODE secret.',
    code: 'Set-up code',
    username: 'User name',
    password: 'Password',
    showPassword: 'Show the password',
    passwordHint: 'At least 10 characters, and not easy to guess.',
    strength: ['Too short', 'Weak', 'Good', 'Strong'],
    create: 'Create the admin',
    missing: (names) => `These secrets must be set first: ${names}`,
    missingHint: 'Set them with "npx wrangler secret put NAME", then reload this page.',
    firstKey: 'Your first API key',
    firstKeyHint: 'It is shown only this once. Keep it somewhere safe.',
    goOn: 'Continue',
    logIn: 'Log in',
  },
  zh: {
    setUp: '初始化网关',
    setUpHint: '此网关尚未初始化。设置码即 SETUP_CODE 密钥的值。',
    code: '设置码',
    username: '用户名',
    password: '密码',
    showPassword: '显示密码',
    passwordHint: '至少 10 个字符，且不易猜测。',
    strength: ['太短', '较弱', '良好', '很强'],
    create: '创建管理员',
    missing: (names) => `请先设置这些密钥：${names}`,
    missingHint: '使用 "npx wrangler secret put 名称" 设置，然后刷新此页面。',
    firstKey: '您的第一个 API 密钥',
    firstKeyHint: '仅显示这一次，请妥善保存。',
    goOn: '继续',
    logIn: '登录',
  },
};
