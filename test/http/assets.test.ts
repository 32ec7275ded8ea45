import PANEL_HEADERS from '../../ui/public/_headers?raw';
import { describe, expect, it } from 'vitest';
import { serveAsset } from '../../src/http/assets';

/** A panel of two files. */
const ASSETS = {
  fetch: (request: Request) => {
    const files: Record<string, Response> = {
      '/': new Response('<html>', {
        headers: { 'content-type': 'text/html', 'content-security-policy': "default-src 'none'" },
      }),
      '/icon.svg': new Response('<svg/>'),
    };
    return Promise.resolve(
      files[new URL(request.url).pathname] ?? new Response(null, { status: 404 }),
    );
  },
};
// SAFETY: only `fetch` is called.
const assets = ASSETS as unknown as Fetcher;

const ask = (path: string, init: RequestInit = { headers: { accept: 'text/html,*/*' } }) =>
  serveAsset(new Request(`https://gw.test${path}`, init), assets);

describe('panel files', () => {
  it('keep the security headers that the panel gives them, the page in place of a path too (D-28)', async () => {
    for (const path of ['/', '/login']) {
      expect((await ask(path))?.headers.get('content-security-policy')).toBe("default-src 'none'");
    }
  });

  it('allow no inline code, no framing, no other host (D-28)', () => {
    const [all = ''] = PANEL_HEADERS.split(/^\/assets/m);
    const policy = /Content-Security-Policy: (.*)/.exec(all)?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(all).toContain('X-Content-Type-Options: nosniff');
    expect(all).toContain('Strict-Transport-Security: max-age=');
  });

  it('include the page itself for whatever the panel routes', async () => {
    expect(await (await ask('/tokens/some/where'))?.text()).toBe('<html>');
  });

  it('answer at the addresses of the panel whoever asks, a health check too', async () => {
    const plain = { headers: { accept: '*/*' } };
    for (const path of ['/login', '/admin', '/admin/token', '/admin/keys/', '/chat']) {
      expect(await (await ask(path, plain))?.text()).toBe('<html>');
    }
    expect(await ask('/administrator', plain)).toBeNull();
  });

  it('do not stand in for the API, for a missing file or for anything but a page', async () => {
    for (const path of ['/api/nothing', '/v1/nothing', '/assets/old-hash.js']) {
      expect(await ask(path)).toBeNull();
    }
    expect(await ask('/missing.png', { headers: { accept: 'image/*' } })).toBeNull();
    expect(await ask('/tokens', { method: 'POST' })).toBeNull();
  });
});
