import { language } from './language';

/** Why a credential was taken out of use, or what went wrong upstream: the gateway's few words on it. */

type Words = readonly (readonly [RegExp, string])[];

/** Looked through in order: the more precise first. `$1` is what the pattern found. */
const ZH: Words = [
  [/^account unauthenticated$/, '账号未登录'],
  [/^account blocked$/, '账号被封禁'],
  [/^account closed \((.*)\)$/, '账号已关闭（$1）'],
  [/^connection failed$/, '无法连接上游'],
  [/^connection (?:lost|cut)$/, '与上游的连接中断'],
  [/^HTTP (\d+)$/, '上游返回 HTTP $1'],
  [/^in-band code (\d+)$/, '回答中带有错误代码 $1'],
  [/^in-band error$/, '回答中带有错误'],
  [/^timeout(?:: .*)?$/, '上游超时'],
  [/^overloaded \((.*)\)$/, '上游过载（$1）'],
  [/^session ended$/, '上游会话已结束'],
  [/^malformed credential$/, '凭据格式有误'],
  [/^the credential holds characters/, '凭据含有无法发送的字符'],
  [/^imagine stalled$/, '绘图长时间没有进展'],
  [/^pictures? (?:failed|missing|not made|not drawn|withheld)$/, '图片未能生成'],
  [/^no picture$/, '没有生成图片'],
  [/^ended without an? .*$/, '回答未完成就结束了'],
  [/^finish reason (.*)$/, '结束原因：$1'],
  [/^socket (?:closed|failed)$/, '与上游的连接中断'],
  [/^upload rejected$/, '上游拒绝了上传'],
  [/^upload (.*)$/, '上传失败：$1'],
  [/^(?:unreadable|malformed) .*$/, '无法读取上游的回答'],
  [/^answer too large$/, '上游的回答过大'],
  [/^answer not read$/, '无法读取上游的回答'],
  [/^cut(?: inside a frame)?$/, '上游的回答中断'],
  [/^empty body$/, '上游的回答为空'],
  [/^error: (.*)$/, '错误：$1'],
];

/** What an adapter adds to a status or a code. */
const ADDED: readonly (readonly [string, string])[] = [
  [' session ended', '会话已结束'],
  [' account blocked', '账号被封禁'],
  [' anti-bot', '被判定为机器人'],
  [' moderation', '内容未通过审核'],
  [' challenge', '遇到人机验证'],
  [' instead of a stream', '返回的不是数据流'],
  [' with a page', '返回的是网页'],
  [' page', '返回的是网页'],
  [' empty', '内容为空'],
];

/** A reason in the reader's language; what is not known stays as the gateway says it. */
export function reasonText(reason: string): string {
  return language() === 'zh' ? reasonInChinese(reason) : reason;
}

export function reasonInChinese(reason: string): string {
  const added = ADDED.find(([words]) => reason.endsWith(words));
  if (added !== undefined) {
    const [words, meaning] = added;
    return `${reasonInChinese(reason.slice(0, -words.length))}，${meaning}`;
  }
  const found = ZH.find(([pattern]) => pattern.test(reason));
  return found === undefined ? reason : reason.replace(...found);
}
