import type { Role } from '../../../../src/contract/sessions';
import { formatNumber } from '../../i18n/format';
import type { Problem } from './setting-check';
import type { Unit } from './setting-spec';

export const TABS = ['settings', 'account', 'admins', 'audit'] as const;
export type Tab = (typeof TABS)[number];

interface SettingsMessages {
  readonly title: string;
  readonly tabs: Readonly<Record<Tab, string>>;
  readonly hot: string;
  readonly search: string;
  readonly noneFound: string;
  readonly noneFoundHint: string;
  readonly groups: string;
  readonly units: Readonly<Record<Unit, string>>;
  readonly initial: (value: string) => string;
  readonly on: string;
  readonly off: string;
  readonly empty: string;
  readonly changed: string;
  readonly resetGroup: string;
  readonly resetGroupOf: (group: string) => string;
  readonly problems: Readonly<Record<Exclude<Problem, 'number' | 'long'>, string>>;
  readonly numberWrong: (least: number, most: number) => string;
  readonly tooLong: (most: number) => string;
  readonly changes: (count: number) => string;
  readonly save: string;
  readonly discard: string;
  readonly saved: string;
  readonly stale: string;
  readonly leave: string;
  readonly leaveBody: string;
  readonly leaveAction: string;
  readonly secretSet: (mask: string) => string;
  readonly secretUnset: string;
  readonly secretCleared: string;
  readonly enter: string;
  readonly replace: string;
  readonly clear: string;
  readonly undo: string;
  readonly earlier: (name: string) => string;
  readonly later: (name: string) => string;
  readonly add: string;

  readonly password: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly showPassword: string;
  readonly passwordHint: string;
  readonly strength: readonly [string, string, string, string];
  readonly changePassword: string;
  readonly passwordChanged: (ended: number) => string;
  readonly sessions: string;
  readonly sessionsHint: string;
  readonly thisSession: string;
  readonly device: string;
  readonly address: string;
  readonly started: string;
  readonly ends: string;
  readonly signOut: string;
  readonly signOutOthers: string;
  readonly signedOut: (count: number) => string;

  readonly adminsHint: string;
  readonly addAdmin: string;
  readonly username: string;
  readonly firstPassword: string;
  readonly role: string;
  readonly roles: Readonly<Record<Role, string>>;
  readonly created: string;
  readonly actions: string;
  readonly editAdmin: (name: string) => string;
  readonly resetPassword: string;
  readonly resetHint: string;
  readonly adminChanged: (name: string) => string;
  readonly removeAdmin: (name: string) => string;
  readonly removeAdminBody: (name: string) => string;
  readonly remove: string;
  readonly adminAdded: (name: string) => string;
  readonly adminRemoved: (name: string) => string;
  readonly cancel: string;
  readonly you: string;

  readonly auditHint: string;
  readonly auditSearch: string;
  readonly time: string;
  readonly who: string;
  readonly action: string;
  readonly target: string;
  readonly detail: string;
  readonly noAudit: string;
}

export const messages: Readonly<Record<'en' | 'zh', SettingsMessages>> = {
  en: {
    title: 'Settings',
    tabs: { settings: 'Settings', account: 'Account', admins: 'Admins', audit: 'Audit log' },
    hot: 'Changes take effect at once, without a restart.',
    search: 'Search settings',
    noneFound: 'No setting matches',
    noneFoundHint: 'Search for another word.',
    groups: 'Groups',
    units: { ms: 'ms', s: 'seconds', hours: 'hours', days: 'days', mb: 'MB', rows: 'calls' },
    initial: (value) => `Default: ${value}`,
    on: 'on',
    off: 'off',
    empty: 'empty',
    changed: 'Changed',
    resetGroup: 'Defaults',
    resetGroupOf: (group) => `Reset ${group} to defaults`,
    problems: {
      none: 'Choose at least one.',
      address: 'Enter a full address such as https://example.com, or nothing.',
      zone: 'There is no time zone of this name.',
      other: 'This value is not allowed.',
    },
    numberWrong: (least, most) =>
      `Enter a whole number from ${formatNumber(least)} to ${formatNumber(most)}.`,
    tooLong: (most) => `At most ${formatNumber(most)} characters.`,
    changes: (count) => `${formatNumber(count)} unsaved ${count === 1 ? 'change' : 'changes'}`,
    save: 'Save',
    discard: 'Discard',
    saved: 'Saved; in effect now.',
    stale:
      'Somebody else has changed the settings. Theirs are loaded, your changes are kept: look at them and save again.',
    leave: 'Leave without saving?',
    leaveBody: 'Your changes would be lost.',
    leaveAction: 'Leave',
    secretSet: (mask) => `Set: ${mask}`,
    secretUnset: 'Not set',
    secretCleared: 'Will be cleared',
    enter: 'Enter a value',
    replace: 'Replace',
    clear: 'Clear',
    undo: 'Undo',
    earlier: (name) => `Move ${name} up`,
    later: (name) => `Move ${name} down`,
    add: 'New entry',

    password: 'Change password',
    currentPassword: 'Current password',
    newPassword: 'New password',
    showPassword: 'Show the passwords',
    passwordHint: 'At least 10 characters, and not easy to guess.',
    strength: ['Too short', 'Weak', 'Good', 'Strong'],
    changePassword: 'Change the password',
    passwordChanged: (ended) =>
      ended === 0
        ? 'The password is changed.'
        : `The password is changed; other sessions ended: ${formatNumber(ended)}.`,
    sessions: 'Sessions',
    sessionsHint: 'Where this account is signed in.',
    thisSession: 'This one',
    device: 'Browser',
    address: 'Address',
    started: 'Signed in',
    ends: 'Ends',
    signOut: 'Sign out',
    signOutOthers: 'Sign out all others',
    signedOut: (count) => `${formatNumber(count)} ${count === 1 ? 'session' : 'sessions'} ended.`,

    adminsHint: 'Admins may change everything; viewers only look.',
    addAdmin: 'Add account',
    username: 'User name',
    firstPassword: 'Password',
    role: 'Role',
    roles: { admin: 'Admin', viewer: 'Viewer' },
    created: 'Created',
    actions: 'Actions',
    editAdmin: (name) => `Change ${name}`,
    resetPassword: 'New password',
    resetHint: 'Blank: it stays. A new one signs the account out everywhere.',
    adminChanged: (name) => `${name} is changed.`,
    removeAdmin: (name) => `Delete ${name}`,
    removeAdminBody: (name) => `${name} is signed out everywhere and cannot sign in again.`,
    remove: 'Delete',
    adminAdded: (name) => `${name} can sign in now.`,
    adminRemoved: (name) => `${name} is deleted.`,
    cancel: 'Cancel',
    you: 'You',

    auditHint: 'Every change that somebody made: who, what, from where.',
    auditSearch: 'Search the audit log',
    time: 'Time',
    who: 'Account',
    action: 'Action',
    target: 'What',
    detail: 'Details',
    noAudit: 'No entry matches',
  },
  zh: {
    title: '设置',
    tabs: { settings: '设置', account: '账号', admins: '管理员', audit: '审计日志' },
    hot: '更改立即生效，无需重启。',
    search: '搜索设置',
    noneFound: '没有匹配的设置',
    noneFoundHint: '请换一个词搜索。',
    groups: '分组',
    units: { ms: '毫秒', s: '秒', hours: '小时', days: '天', mb: 'MB', rows: '条' },
    initial: (value) => `默认：${value}`,
    on: '开',
    off: '关',
    empty: '空',
    changed: '已修改',
    resetGroup: '恢复默认',
    resetGroupOf: (group) => `将“${group}”恢复默认`,
    problems: {
      none: '请至少选择一项。',
      address: '请输入完整地址，例如 https://example.com，或留空。',
      zone: '没有这个时区。',
      other: '不允许此值。',
    },
    numberWrong: (least, most) => `请输入 ${formatNumber(least)} 到 ${formatNumber(most)} 的整数。`,
    tooLong: (most) => `最多 ${formatNumber(most)} 个字符。`,
    changes: (count) => `${formatNumber(count)} 项未保存`,
    save: '保存',
    discard: '放弃',
    saved: '已保存并生效。',
    stale: '设置已被他人修改。已加载对方的值并保留您的更改，请检查后再次保存。',
    leave: '不保存就离开？',
    leaveBody: '您的更改将会丢失。',
    leaveAction: '离开',
    secretSet: (mask) => `已设置：${mask}`,
    secretUnset: '未设置',
    secretCleared: '将被清除',
    enter: '输入值',
    replace: '替换',
    clear: '清除',
    undo: '撤销',
    earlier: (name) => `上移 ${name}`,
    later: (name) => `下移 ${name}`,
    add: '新条目',

    password: '修改密码',
    currentPassword: '当前密码',
    newPassword: '新密码',
    showPassword: '显示密码',
    passwordHint: '至少 10 个字符，且不易猜测。',
    strength: ['太短', '较弱', '良好', '很强'],
    changePassword: '修改密码',
    passwordChanged: (ended) =>
      ended === 0 ? '密码已修改。' : `密码已修改，另外 ${formatNumber(ended)} 个会话已结束。`,
    sessions: '会话',
    sessionsHint: '此账号的登录位置。',
    thisSession: '当前会话',
    device: '浏览器',
    address: '地址',
    started: '登录时间',
    ends: '结束时间',
    signOut: '退出',
    signOutOthers: '退出其他全部会话',
    signedOut: (count) => `已结束 ${formatNumber(count)} 个会话。`,

    adminsHint: '管理员可以修改一切，只读账号仅能查看。',
    addAdmin: '新建账号',
    username: '用户名',
    firstPassword: '密码',
    role: '角色',
    roles: { admin: '管理员', viewer: '只读' },
    created: '创建时间',
    actions: '操作',
    editAdmin: (name) => `修改 ${name}`,
    resetPassword: '新密码',
    resetHint: '留空则不变。设置新密码后，该账号将在所有位置退出。',
    adminChanged: (name) => `${name} 已修改。`,
    removeAdmin: (name) => `删除 ${name}`,
    removeAdminBody: (name) => `${name} 将在所有位置退出，且无法再登录。`,
    remove: '删除',
    adminAdded: (name) => `${name} 现在可以登录。`,
    adminRemoved: (name) => `${name} 已删除。`,
    cancel: '取消',
    you: '您',

    auditHint: '每一项更改：谁、改了什么、从何处。',
    auditSearch: '搜索审计日志',
    time: '时间',
    who: '账号',
    action: '操作',
    target: '对象',
    detail: '详情',
    noAudit: '没有匹配的条目',
  },
};
