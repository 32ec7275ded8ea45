import { describe, expect, it } from 'vitest';
import { LOGIN_RULE, loginSubjects, network, waitMs } from '../../src/auth/throttle';

describe('waitMs', () => {
  it('lets the last allowed try through and names the wait of the next', () => {
    const windowStart = 1_000;
    expect(waitMs({ failures: LOGIN_RULE.max, windowStart }, LOGIN_RULE, 2_000)).toBe(0);
    expect(waitMs({ failures: LOGIN_RULE.max + 1, windowStart }, LOGIN_RULE, 2_000)).toBe(
      LOGIN_RULE.windowMs - 1_000,
    );
  });
});

describe('network', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['unknown', 'unknown'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('counts %s as %s', (ip, subject) => {
    expect(network(ip)).toBe(subject);
  });

  it('counts a name whatever its case', () => {
    expect(loginSubjects('192.0.2.7', 'Admin').account).toBe(loginSubjects('x', 'admin').account);
  });
});
