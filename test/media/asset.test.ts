import { describe, expect, it } from 'vitest';
import { mediaName, nameAsset, readCode, readPath } from '../../src/media/asset';

const USER = '11111111-2222-3333-4444-555555555555';
const PICTURE = '66666666-7777-8888-9999-aaaaaaaaaaaa';
const PATH = `/users/${USER}/generated/${PICTURE}/image.jpg`;
const URL_OF = `https://assets.grok.com${PATH}`;

describe('the name of an asset', () => {
  it('is its path on the account host, and its address elsewhere', () => {
    const own = nameAsset('image', URL_OF);
    expect(own).toMatchObject({ kind: 'image', needsToken: true, url: URL_OF });
    expect(own?.code).toMatch(/^p_[\w-]+$/);
    const other = nameAsset('image', 'https://imagine-public.x.ai/imagine-public/images/a.jpg');
    expect(other).toMatchObject({ kind: 'image', needsToken: false });
    expect(other?.code).toMatch(/^u_[\w-]+$/);
  });

  it('is read back from its link', () => {
    for (const url of [URL_OF, `${URL_OF}?v=1`, 'https://imgen.x.ai/a/b.png']) {
      const named = nameAsset('image', url);
      expect(readCode('image', named?.code ?? '')).toEqual(named);
    }
  });

  it('is a video by its extension, whichever way it is asked for', () => {
    const video = `https://assets.grok.com/users/${USER}/generated/${PICTURE}/generated_video.mp4`;
    const [first, second] = [nameAsset('image', video), nameAsset('video', video)];
    expect(first).toEqual(second);
    expect(first === null ? '' : mediaName(first)).toMatch(/^video\/p_/);
  });

  it('is found in the older forms of a link', () => {
    const named = nameAsset('image', URL_OF);
    expect(readPath('image', PATH)).toEqual(named);
    expect(readCode('image', `users-${USER}-generated-${PICTURE}-image.jpg`)).toEqual(named);
    expect(readCode('image', 'users-u1-f1-content')?.url).toBe(
      'https://assets.grok.com/users/u1/f1/content',
    );
  });

  it.each([
    'http://assets.grok.com/a.jpg',
    'https://assets.grok.com:8443/a.jpg',
    'https://user@assets.grok.com/a.jpg',
    'https://assets.grok.com/a.jpg#"><img onerror=x>',
    'https://assets.grok.com/a/../b.jpg',
    'https://assets.grok.com/a b.jpg',
    'https://assets.grok.com.evil.test/a.jpg',
    'https://grok.com/a.jpg',
    'https://api.x.ai/v1/models',
    'https://evil.test/a.jpg',
    'data:image/png;base64,AAAA',
    `https://assets.grok.com/${'a'.repeat(3_000)}`,
    '',
  ])('is none for %s (D-13, D-27)', (url) => {
    expect(nameAsset('image', url)).toBeNull();
  });

  it.each([
    'p_',
    'p_!!',
    `p_${btoa('evil.test/x')}`,
    `p_${btoa('//evil.test/x').replaceAll('=', '')}`,
    `p_${btoa('/a\\..\\b').replaceAll('=', '')}`,
    `u_${btoa('https://evil.test/x').replaceAll('=', '')}`,
    `u_${btoa('http://assets.grok.com/x').replaceAll('=', '')}`,
    '-evil.test-x',
  ])('is none for the code %s', (code) => {
    expect(readCode('image', code)).toBeNull();
  });
});
