import { describe, expect, it } from 'vitest';
import { actionName, auditText } from '../../ui/src/i18n/audit-words';

describe('the audit log in Chinese', () => {
  it.each([
    ['39 tokens', '39 个凭据'],
    ['1 added, 0 updated, 0 removed, 2 invalid', '新增 1，更新 0，移除 0，无效 2'],
    ['stopped after 25: 20 added, 5 updated', '处理 25 个后停止：新增 20，更新 5'],
    ['version 3', '第 3 版'],
    ['all tokens', '全部凭据'],
  ])('says %s', (text, words) => {
    expect(auditText(text, 'zh')).toBe(words);
    expect(auditText(text, 'en')).toBe(text);
  });

  it.each(['website', 'tok_01K0000', 'token.faulty_s, token.faulty_strikes', '3 wise keys', ''])(
    'leaves what it does not know: %s',
    (text) => {
      expect(auditText(text, 'zh')).toBe(text);
    },
  );

  it('names what was done, and what it does not know by its code', () => {
    expect([actionName('keys.create', 'zh'), actionName('keys.create', 'en')]).toEqual([
      '新建密钥',
      'Made keys',
    ]);
    expect(actionName('constructor', 'zh')).toBe('constructor');
  });
});
