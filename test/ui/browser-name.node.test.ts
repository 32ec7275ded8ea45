import { describe, expect, it } from 'vitest';
import { browserName } from '../../ui/src/pages/settings/browser-name';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('browserName', () => {
  it.each([
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/156.0.0.0 Safari/537.36`,
      'Chrome 156 · Linux',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`,
      'Edge 156 · Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
      'Safari 19 · iOS',
    ],
    [
      'Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0',
      'Firefox 150 · Android',
    ],
    ['curl/8.9.1', 'curl/8.9.1'],
    ['', ''],
  ])('tells what people know of %s', (userAgent, name) => {
    expect(browserName(userAgent)).toBe(name);
  });
});
