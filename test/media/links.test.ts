import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { checkLink, followLink, mediaLink } from '../../src/media/links';
import { resolveOwn } from '../../src/media/resolve';
import { BASE, testDeps } from './support';

const NOW = Date.UTC(2026, 10, 20, 12, 10);
const HOUR_MS = 3_600_000;
const at = (now: number) => testDeps({ now: () => now });
const picture = (id: string) => ({
  kind: 'image' as const,
  url: `https://assets.grok.com/users/u/generated/${id}/image.jpg`,
  tokenId: 'tok_1',
});
const code = (error: unknown) => expect.objectContaining({ code: error });

describe('a signed link', () => {
  it('leads back to its asset and its credential', async () => {
    const link = await mediaLink(at(NOW), picture('a'));
    expect(link).toMatch(/^https:\/\/gw\.test\/images\/p_[\w-]+\?t=tok_1&e=\d+&s=[\w-]{43}$/);
    expect(await resolveOwn(at(NOW), link)).toEqual(picture('a'));
  });

  it('of a public host carries no credential, a video is under /videos', async () => {
    const open = {
      ...picture('a'),
      url: 'https://imagine-public.x.ai/imagine-public/images/a.png',
    };
    expect(await mediaLink(at(NOW), open)).toMatch(/\/images\/u_[\w-]+\?e=/);
    const video = { ...picture('a'), kind: 'video' as const, url: 'https://assets.grok.com/v.mp4' };
    expect(await mediaLink(at(NOW), video)).toMatch(/\/videos\/p_[\w-]+\?t=/);
  });

  it('is the same for an hour, so that clients can keep what it leads to', async () => {
    const first = await mediaLink(at(NOW), picture('a'));
    expect(await mediaLink(at(NOW + 10 * 60_000), picture('a'))).toBe(first);
    expect(await mediaLink(at(NOW + HOUR_MS), picture('a'))).not.toBe(first);
  });

  it('works for link_hours and is link_expired afterwards', async () => {
    const made = testDeps({ now: () => NOW }, { link_hours: 2 });
    const link = new URL(await mediaLink(made, picture('a')));
    await expect(checkLink(at(NOW + 2 * HOUR_MS), link)).resolves.not.toBeNull();
    await expect(checkLink(at(NOW + 3 * HOUR_MS), link)).rejects.toEqual(code('link_expired'));
  });

  it('holds only as it was made (D-30)', async () => {
    const link = await mediaLink(at(NOW), picture('a'));
    const other = new URL(await mediaLink(at(NOW), picture('b')));
    const stolen = new URL(link);
    stolen.pathname = other.pathname;
    const wrong = [stolen, new URL(link), new URL(link), new URL(link), new URL(link)];
    wrong[1]?.searchParams.set('t', 'tok_2');
    wrong[2]?.searchParams.set('e', '9999999999');
    wrong[3]?.searchParams.delete('s');
    wrong[4]?.searchParams.set('s', 'no-signature!');
    for (const url of wrong) {
      await expect(checkLink(at(NOW), url)).rejects.toEqual(code('link_invalid'));
    }
  });

  it('holds on every path that leads to the same asset (D-58)', async () => {
    const link = new URL(await mediaLink(at(NOW), picture('a')));
    const paths = [
      '/v1/files/image/users/u/generated/a/image.jpg',
      '/api/v1/files/image/users/u/generated/a/image.jpg',
      '/images/users-u-generated-a-image.jpg',
      link.pathname.replace('/images/', '/v1/files/image/'),
    ];
    for (const path of paths) {
      link.pathname = path;
      expect((await checkLink(at(NOW), link))?.target).toEqual(picture('a'));
    }
  });

  it('survives a change of the key while the older one is still listed', async () => {
    const old = env.CREDENTIAL_KEY ?? '';
    const link = await mediaLink(at(NOW), picture('a'));
    const newer = 'bmV3LXRlc3Qtb25seS1jcmVkZW50aWFsLWtleS0zMiE=';
    const rotated = testDeps({ now: () => NOW, seal: { CREDENTIAL_KEY: `${newer},${old}` } });
    expect(await resolveOwn(rotated, link)).toEqual(picture('a'));
    const replaced = testDeps({ now: () => NOW, seal: { CREDENTIAL_KEY: newer } });
    await expect(resolveOwn(replaced, link)).rejects.toEqual(code('link_invalid'));
  });

  it('is never made to a host off the list', async () => {
    for (const url of ['https://evil.test/a.jpg', 'http://assets.grok.com/a.jpg', 'nonsense']) {
      await expect(mediaLink(at(NOW), { ...picture('a'), url })).rejects.toEqual(
        code('upstream_error'),
      );
    }
  });
});

describe('an open link', () => {
  const open = () => testDeps({ now: () => NOW }, { open_links: true });

  it('is bare, and its credential is remembered here', async () => {
    const link = await mediaLink(open(), picture('open-1'));
    expect(new URL(link).search).toBe('');
    expect(await resolveOwn(open(), link)).toEqual(picture('open-1'));
  });

  it('that nobody was given is known as such (D-30)', async () => {
    const unknown = new URL(`${BASE}/images/users-u-generated-nobody-image.jpg`);
    const link = await checkLink(open(), unknown);
    expect(link === null ? link : await followLink(open(), link)).toBeNull();
    expect(link).toMatchObject({ isOpen: true });
  });

  it('does not open when links are signed again, and a signed one still works while open', async () => {
    const bare = await mediaLink(open(), picture('open-2'));
    await expect(resolveOwn(at(NOW), bare)).rejects.toEqual(code('link_invalid'));
    const signed = await mediaLink(at(NOW), picture('open-3'));
    expect(await resolveOwn(open(), signed)).toEqual(picture('open-3'));
  });
});

describe('an address', () => {
  it('is ours only on our hosts and media paths', async () => {
    const deps = at(NOW);
    for (const url of [
      'https://elsewhere.test/images/p_L2E',
      `${BASE}/v1/models`,
      `${BASE}/images/p_!`,
      'data:image/png;base64,AAAA',
      'nonsense:',
    ]) {
      expect(await resolveOwn(deps, url)).toBeNull();
    }
    const link = new URL(await mediaLink(deps, picture('a')));
    expect(await resolveOwn(deps, link.pathname + link.search)).toEqual(picture('a'));
  });

  it('begins with the configured base when there is one', async () => {
    const deps = at(NOW);
    const change = { base: 'https://img.example/base', ownHosts: ['img.example'] };
    const made = testDeps({ now: deps.now, ...change });
    const link = await mediaLink(made, picture('a'));
    expect(link).toMatch(/^https:\/\/img\.example\/base\/images\//);
    expect(await resolveOwn(made, link)).toEqual(picture('a'));
  });
});
