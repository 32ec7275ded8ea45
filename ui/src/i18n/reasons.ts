import { type Language, language } from './language';

/** Why a credential was taken out of use, or what went wrong upstream: the gateway's few words on it. */

type Words = Readonly<Record<Language, string>>;
type Known = readonly (readonly [RegExp, Words])[];

/** Looked through in order: the more precise first. `$1` is what the pattern found. */
const REASONS: Known = [
  [/^account unauthenticated$/, { en: 'The account is not signed in', zh: '账号未登录' }],
  [/^account blocked$/, { en: 'The account is blocked', zh: '账号被封禁' }],
  [/^account closed \((.*)\)$/, { en: 'The account is closed ($1)', zh: '账号已关闭（$1）' }],
  [/^connection failed$/, { en: 'Upstream could not be reached', zh: '无法连接上游' }],
  [/^connection (?:lost|cut)$/, { en: 'The connection to upstream broke', zh: '与上游的连接中断' }],
  [/^quota reading: (.*)$/, { en: 'Reading its quota failed ($1)', zh: '读取额度失败（$1）' }],
  [/^in-band code (\d+)$/, { en: 'The answer held error code $1', zh: '回答中带有错误代码 $1' }],
  [/^in-band error$/, { en: 'The answer held an error', zh: '回答中带有错误' }],
  [/^timeout(?:: .*)?$/, { en: 'Upstream took too long', zh: '上游超时' }],
  [/^overloaded \((.*)\)$/, { en: 'Upstream is overloaded ($1)', zh: '上游过载（$1）' }],
  [/^session ended$/, { en: 'The session has ended', zh: '上游会话已结束' }],
  [/^malformed credential$/, { en: 'The credential is malformed', zh: '凭据格式有误' }],
  [
    /^the credential holds characters/,
    { en: 'The credential holds characters that cannot be sent', zh: '凭据含有无法发送的字符' },
  ],
  [/^imagine stalled$/, { en: 'The drawing stood still', zh: '绘图长时间没有进展' }],
  [
    /^pictures? (?:failed|missing|not made|not drawn|withheld)$/,
    { en: 'The picture was not made', zh: '图片未能生成' },
  ],
  [/^no picture$/, { en: 'No picture was made', zh: '没有生成图片' }],
  [/^ended without an? .*$/, { en: 'The answer ended unfinished', zh: '回答未完成就结束了' }],
  [/^finish reason (.*)$/, { en: 'The answer ended: $1', zh: '结束原因：$1' }],
  [
    /^socket (?:closed|failed)$/,
    { en: 'The connection to upstream broke', zh: '与上游的连接中断' },
  ],
  [/^upload rejected$/, { en: 'Upstream took no upload', zh: '上游拒绝了上传' }],
  [/^upload (.*)$/, { en: 'The upload failed: $1', zh: '上传失败：$1' }],
  [
    /^(?:(?:unreadable|malformed) .*|answer not read)$/,
    { en: 'The answer could not be read', zh: '无法读取上游的回答' },
  ],
  [/^answer too large$/, { en: 'The answer was too large', zh: '上游的回答过大' }],
  [/^cut(?: inside a frame)?$/, { en: 'The answer was cut off', zh: '上游的回答中断' }],
  [/^empty body$/, { en: 'The answer was empty', zh: '上游的回答为空' }],
  [/^error: (.*)$/, { en: 'Error: $1', zh: '错误：$1' }],
];

/** What a status says by itself. */
const STATUSES: Known = [
  [/^401$/, { en: 'the credential was refused', zh: '凭据被拒绝' }],
  [/^402$/, { en: 'there is no balance left', zh: '余额不足' }],
  [/^403$/, { en: 'access was denied', zh: '访问被禁止' }],
  [/^404$/, { en: 'what was asked for is not there', zh: '请求的内容不存在' }],
  [/^429$/, { en: 'too many requests', zh: '请求过多' }],
  [/^4/, { en: 'the request was refused', zh: '请求被拒绝' }],
  [/^5/, { en: 'upstream failed', zh: '上游出错' }],
  [/^/, { en: 'not an answer', zh: '不是正常的回答' }],
];

/** What an adapter adds to a status or a code. */
const ADDED: readonly (readonly [string, Words])[] = [
  [' session ended', { en: 'the session has ended', zh: '会话已结束' }],
  [' account blocked', { en: 'the account is blocked', zh: '账号被封禁' }],
  [' anti-bot', { en: 'taken for a robot', zh: '被判定为机器人' }],
  [' moderation', { en: 'the content was refused', zh: '内容未通过审核' }],
  [' challenge', { en: 'a challenge for people', zh: '遇到人机验证' }],
  [' instead of a stream', { en: 'no stream came', zh: '返回的不是数据流' }],
  [' with a page', { en: 'a web page came', zh: '返回的是网页' }],
  [' page', { en: 'a web page came', zh: '返回的是网页' }],
  [' empty', { en: 'nothing was in it', zh: '内容为空' }],
];

/** A reason in the reader's language; what is not known stays as the gateway says it. */
export function reasonText(reason: string): string {
  return reasonIn(language(), reason);
}

export function reasonIn(reader: Language, reason: string): string {
  const added = ADDED.find(([words]) => reason.endsWith(words));
  const said = added === undefined ? reason : reason.slice(0, -added[0].length);
  const status = /^HTTP (\d+)$/.exec(said)?.[1];
  const meaning =
    added?.[1][reader] ??
    (status === undefined
      ? undefined
      : STATUSES.find(([known]) => known.test(status))?.[1][reader]);
  const subject = status === undefined ? sentence(reader, said) : said;
  if (meaning === undefined) return subject;
  return reader === 'zh' ? `${subject}：${meaning}` : `${subject}: ${meaning}`;
}

function sentence(reader: Language, said: string): string {
  const found = REASONS.find(([pattern]) => pattern.test(said));
  return found === undefined ? said : said.replace(found[0], found[1][reader]);
}
