import type { PageName } from './pages';

interface AppMessages {
  readonly pages: Readonly<Record<PageName, string>>;
  readonly navigation: string;
  readonly openMenu: string;
  readonly closeMenu: string;
  readonly skip: string;
  readonly logOut: string;
  readonly language: string;
  readonly theme: string;
  readonly themes: Readonly<Record<'system' | 'light' | 'dark', string>>;
  readonly loading: string;
  readonly notFound: string;
  readonly notFoundHint: string;
  readonly tryAgain: string;
  readonly sessionEnded: string;
  readonly sessionEndedHint: string;
  readonly leave: string;
  readonly leaveTitle: string;
  readonly leaveBody: string;
  readonly leaveAction: string;
  readonly viewer: string;
}

export const messages: Readonly<Record<'en' | 'zh', AppMessages>> = {
  en: {
    pages: {
      dashboard: 'Dashboard',
      tokens: 'Tokens',
      keys: 'API keys',
      calls: 'Calls',
      models: 'Models',
      media: 'Media',
      chat: 'Chat',
      imagine: 'Imagine',
      video: 'Video',
      settings: 'Settings',
    },
    navigation: 'Pages',
    openMenu: 'Open menu',
    closeMenu: 'Close menu',
    skip: 'Skip to content',
    logOut: 'Log out',
    language: 'Language',
    theme: 'Theme',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    loading: 'Loading…',
    notFound: 'There is no such page',
    notFoundHint: 'Choose one from the menu.',
    tryAgain: 'Try again',
    sessionEnded: 'Your session has ended',
    sessionEndedHint: 'Sign in again to go on; nothing you entered is lost.',
    leave: 'Leave',
    leaveTitle: 'Leave without signing in?',
    leaveBody: 'What is entered in this page and not saved yet will be lost.',
    leaveAction: 'Leave the page',
    viewer: 'view only',
  },
  zh: {
    pages: {
      dashboard: '概览',
      tokens: '凭据',
      keys: 'API 密钥',
      calls: '调用日志',
      models: '模型',
      media: '媒体',
      chat: '对话',
      imagine: '绘图',
      video: '视频',
      settings: '设置',
    },
    navigation: '页面',
    openMenu: '打开菜单',
    closeMenu: '关闭菜单',
    skip: '跳到正文',
    logOut: '退出登录',
    language: '语言',
    theme: '主题',
    themes: { system: '跟随系统', light: '浅色', dark: '深色' },
    loading: '加载中…',
    notFound: '没有这个页面',
    notFoundHint: '请从菜单中选择。',
    tryAgain: '重试',
    sessionEnded: '会话已结束',
    sessionEndedHint: '重新登录即可继续，已填写的内容不会丢失。',
    leave: '离开',
    leaveTitle: '不登录就离开？',
    leaveBody: '此页面中尚未保存的内容将会丢失。',
    leaveAction: '离开页面',
    viewer: '只读',
  },
};
