import { describe, expect, it } from 'vitest';
import { readSecret } from '../../src/tokens/secret-text';

const JWT = 'eyJ0eXAiOiJKV1QifQ.eyJzZXNzaW9uX2lkIjoiMSJ9.c2lnbmF0dXJl';

describe('readSecret', () => {
  it.each([
    ['the bare value', JWT],
    ['D-53: an sso= prefix', `sso=${JWT}`],
    ['an sso-rw= prefix', `sso-rw=${JWT}`],
    ['blanks around it', `  ${JWT}\t`],
    ['quotes around it', `"${JWT}"`],
    ['a whole cookie string', `i18nextLng=en; sso-rw=other-value; sso=${JWT}; cf_clearance=abc`],
    ['a cookie string with only sso-rw', `a=b; sso-rw=${JWT}`],
    ['a copied header', `Cookie: a=b; SSO=${JWT}`],
  ])('finds the credential in %s', (_, text) => {
    expect(readSecret(text, 'grok-web')).toEqual({ ok: true, secret: JWT });
  });

  it('takes keys of official APIs as they are, without Bearer', () => {
    expect(readSecret('Bearer sk-abc=def123', 'moonshot')).toEqual({
      ok: true,
      secret: 'sk-abc=def123',
    });
  });

  it.each([
    ['a cookie string without sso', 'a=b; c=d'],
    ['another single cookie', 'cf_clearance=0123456789'],
    ['a line too short', 'abc'],
    ['a line too long', 'x'.repeat(8_193)],
    ['blanks within', 'abcdefgh ijklmnop'],
    ['a line break, which would start a header', 'abcdefgh\r\nX-Evil: 1'],
    ['letters outside ASCII', 'абвгдежзикл'],
  ])('refuses %s and says why', (_, text) => {
    expect(readSecret(text, 'grok-web')).toMatchObject({ ok: false, reason: expect.any(String) });
  });
});
