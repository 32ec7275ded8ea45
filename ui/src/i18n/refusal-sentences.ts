/**
 * What the gateway says is wrong with a request, in Chinese. Its sentences are English and may be worded
 * anew: one that is not found here is shown as it is.
 */

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['The password is too easy to guess.', '密码太容易被猜到。'],
  ['This user name is taken.', '该用户名已被使用。'],
  ['The last administrator cannot be deleted.', '不能删除最后一个管理员。'],
  ['The last administrator keeps the role.', '最后一个管理员的角色不能更改。'],
  ['Your own account is changed under "Account".', '自己的账号请在“账号”页修改。'],
  ['Only keys made by this product can be taken over.', '只能接管由本产品生成的密钥。'],
  ['There is no time zone of this name.', '没有这个时区。'],
  ['There is no setting of this name.', '没有这个设置项。'],
  ['There is no token state like that.', '没有这种凭据状态。'],
  ['There is no token status like that.', '没有这种凭据状态。'],
  ['There is no token type like that.', '没有这种凭据类型。'],
  ['Name at least one token, by id or full text.', '请至少指定一个凭据。'],
  ['Send either ids or a filter.', '请指定凭据编号或筛选条件之一。'],
  ['Say what to change.', '没有要修改的内容。'],
  ['Accounts of this provider hold no files.', '该提供方的账号没有文件。'],
  ['This model edits pictures: the messages hold none.', '该模型用于编辑图片，但消息中没有图片。'],
  ['The messages hold no text.', '消息中没有文字。'],
  ['The last user message holds no text to draw.', '最后一条消息中没有可用于绘图的文字。'],
  ['A video needs a text of the user to film.', '生成视频需要文字描述。'],
  ['The upstream could not be reached.', '无法连接上游。'],
  ['The upstream account has used up its allowance.', '上游账号的额度已用完。'],
  ['The upstream session is no longer valid.', '上游会话已失效。'],
  ['The upstream account has been blocked.', '上游账号已被封禁。'],
  ['The upstream site turned the request away.', '上游站点拦截了请求。'],
  ['The upstream refused the request.', '上游拒绝了该请求。'],
  ['The upstream answer ended too early.', '上游的回答中断了。'],
]);

/** Of a sentence such as `'limits.chat' is not valid: it may be at most 5.` */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^it may have at most (\d+) characters?$/, '最多 $1 个字符'],
  [/^it must have at least (\d+) characters?$/, '至少 $1 个字符'],
  [/^it may have at most (\d+) items?$/, '最多 $1 项'],
  [/^it must have at least (\d+) items?$/, '至少 $1 项'],
  [/^it may be at most (-?[\d.]+)$/, '不能大于 $1'],
  [/^it may be less than (-?[\d.]+)$/, '必须小于 $1'],
  [/^it must be at least (-?[\d.]+)$/, '不能小于 $1'],
  [/^it must be more than (-?[\d.]+)$/, '必须大于 $1'],
  [/^Invalid option: expected one of (.*)$/, '只能是 $1 之一'],
  [/^Unrecognized keys?: (.*)$/, '没有 $1 这个字段'],
  [/^expected int, received .*$/, '必须是整数'],
  [/^expected number, received .*$/, '必须是数字'],
  [/^expected string, received .*$/, '必须是文字'],
  [/^expected boolean, received .*$/, '必须是开或关'],
  [/^expected array, received .*$/, '必须是列表'],
  [/^Invalid URL$/, '不是有效的网址'],
  [/^Use 1 to 64 letters.*$/, '请使用 1 到 64 个字母、数字、点、横线、下划线或 @'],
];
const WITH_REASON = /^(?:The request body|'[^']*') is not valid: (.*)\.$/s;
const MISSING = /^(?:The request body|'[^']*') is missing: /;
const NUMBERED: readonly (readonly [RegExp, string])[] = [
  [/^The password must have at least (\d+) characters\.$/, '密码至少需要 $1 个字符。'],
  [
    /^The password must have at least (\d+) different characters\.$/,
    '密码至少需要 $1 个不同的字符。',
  ],
  [/^One import holds at most (\d+) credentials\.$/, '一次最多导入 $1 个凭据。'],
  [/^Refresh at most (\d+) tokens at once\.$/, '一次最多刷新 $1 个凭据。'],
];

/** @returns the sentence in Chinese, or as it is where there is none. */
export function refusalInChinese(sentence: string): string {
  const known = SENTENCES.get(sentence) ?? replaced(sentence, NUMBERED);
  if (known !== undefined) return known;
  if (MISSING.test(sentence)) return '必须填写。';
  const reason = WITH_REASON.exec(sentence)?.[1];
  if (reason === undefined) return sentence;
  return `${replaced(reason, REASONS) ?? reason}。`;
}

function replaced(text: string, words: readonly (readonly [RegExp, string])[]): string | undefined {
  const found = words.find(([pattern]) => pattern.test(text));
  return found === undefined ? undefined : text.replace(...found);
}
