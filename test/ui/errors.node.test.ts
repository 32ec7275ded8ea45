import { describe, expect, it } from 'vitest';
import { reasonIn } from '../../ui/src/i18n/reasons';
import { refusalInChinese } from '../../ui/src/i18n/refusal-sentences';

describe('refusalInChinese', () => {
  it.each([
    ['The password is too easy to guess.', '密码太容易被猜到。'],
    ['The password must have at least 10 characters.', '密码至少需要 10 个字符。'],
    ["'limits.chat_per_day' is not valid: it must be at least 0.", '不能小于 0。'],
    ["'name' is not valid: it may have at most 100 characters.", '最多 100 个字符。'],
    ["'rpm' is not valid: expected int, received number.", '必须是整数。'],
    [
      '\'role\' is not valid: Invalid option: expected one of "admin"|"viewer".',
      '只能是 "admin"|"viewer" 之一。',
    ],
    ['The request body is missing: expected object.', '必须填写。'],
  ])('says which value is wrong and why: %s', (sentence, words) => {
    expect(refusalInChinese(sentence)).toBe(words);
  });

  it('leaves a sentence that it does not know as it is', () => {
    expect(refusalInChinese('Something new.')).toBe('Something new.');
    expect(refusalInChinese("'x' is not valid: quite new.")).toBe('quite new。');
  });
});

describe('reasonIn', () => {
  it.each([
    ['HTTP 401', 'HTTP 401: the credential was refused', 'HTTP 401：凭据被拒绝'],
    ['HTTP 401 session ended', 'HTTP 401: the session has ended', 'HTTP 401：会话已结束'],
    ['HTTP 403 challenge', 'HTTP 403: a challenge for people', 'HTTP 403：遇到人机验证'],
    ['HTTP 418', 'HTTP 418: the request was refused', 'HTTP 418：请求被拒绝'],
    ['HTTP 502', 'HTTP 502: upstream failed', 'HTTP 502：上游出错'],
    ['in-band code 16', 'The answer held error code 16', '回答中带有错误代码 16'],
    [
      'in-band error account blocked',
      'The answer held an error: the account is blocked',
      '回答中带有错误：账号被封禁',
    ],
    ['timeout: first part', 'Upstream took too long', '上游超时'],
    ['quite new', 'quite new', 'quite new'],
  ])('says why a credential was taken out of use: %s', (reason, english, chinese) => {
    expect(reasonIn('en', reason)).toBe(english);
    expect(reasonIn('zh', reason)).toBe(chinese);
  });
});
