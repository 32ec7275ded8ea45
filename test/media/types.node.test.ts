import { describe, expect, it } from 'vitest';
import { mediaExpiry } from '../../src/media/expiry';
import { isPage, mediaType } from '../../src/media/types';

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const NONE = new Uint8Array();

describe('the type an object is served as', () => {
  it.each([
    ['\x89PNG\r\n\x1a\n....', 'image/png'],
    ['\xff\xd8\xff\xe0........', 'image/jpeg'],
    ['RIFF....WEBP', 'image/webp'],
    ['GIF89a......', 'image/gif'],
    ['....ftypisom', 'video/mp4'],
    ['....ftypqt  ', 'video/quicktime'],
    ['\x1a\x45\xdf\xa3........', 'video/webm'],
  ])('is told by its first bytes, whatever upstream says: %j', (head, type) => {
    expect(mediaType('image', 'text/html', bytes(head))).toBe(type);
  });

  it('is what upstream says only for types on our list (D-15)', () => {
    expect(mediaType('image', 'Image/PNG; charset=x', NONE)).toBe('image/png');
    for (const declared of ['image/svg+xml', 'text/html', 'application/pdf', '', null]) {
      expect(mediaType('image', declared, bytes('<svg onload=x>'))).toBe(
        'application/octet-stream',
      );
    }
  });

  it('is mp4 for a video without a type', () => {
    expect(mediaType('video', null, NONE)).toBe('video/mp4');
    expect(mediaType('video', 'application/octet-stream', NONE)).toBe('video/mp4');
    expect(mediaType('video', 'text/html', NONE)).toBe('application/octet-stream');
  });

  it('gives a page away', () => {
    expect(isPage('text/html; charset=utf-8')).toBe(true);
    expect(isPage('application/json')).toBe(true);
    expect(isPage('image/png')).toBe(false);
    expect(isPage(null)).toBe(false);
  });
});

describe('the end of a cached object', () => {
  const shanghai = { timeZone: null, offsetMinutes: 480 };
  const midnight = Date.UTC(2026, 10, 20, 16);

  it('is the next local midnight', () => {
    expect(mediaExpiry(midnight - 3_600_000, shanghai)).toBe(midnight);
    expect(mediaExpiry(midnight, shanghai)).toBe(midnight + 86_400_000);
  });

  it('is the midnight after when KV would refuse the next one (D-44)', () => {
    for (const leftMs of [1, 30_000, 59_999]) {
      expect(mediaExpiry(midnight - leftMs, shanghai, 60_000)).toBe(midnight + 86_400_000);
    }
    expect(mediaExpiry(midnight - 60_000, shanghai, 60_000)).toBe(midnight);
  });

  it('follows an IANA zone over a change of its clocks', () => {
    const zone = { timeZone: 'Europe/Berlin', offsetMinutes: 0 };
    // Clocks go back on 25 October 2026: that day has 25 hours.
    expect(mediaExpiry(Date.UTC(2026, 9, 24, 23), zone)).toBe(Date.UTC(2026, 9, 25, 23));
  });
});
