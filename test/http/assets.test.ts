import { describe, expect, it } from 'vitest';
import { serveAsset } from '../../src/http/assets';

/** A panel of two files. */
const ASSETS = {
  fetch: (request: Request) => {
    const files: Record<string, Response> = {
      '/': new Response('<html>', {
        headers: { 'content-type': 'text/html', 'x-frame-options': 'SAMEORIGIN' },
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
  it('carry security headers, those they have of their own first (D-28)', async () => {
    const icon = await ask('/icon.svg');
    expect(icon?.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(icon?.headers.get('x-content-type-options')).toBe('nosniff');
    expect(icon?.headers.get('strict-transport-security')).toBeTruthy();
    expect((await ask('/'))?.headers.get('x-frame-options')).toBe('SAMEORIGIN');
  });

  it('include the page itself for whatever the panel routes', async () => {
    expect(await (await ask('/tokens/some/where'))?.text()).toBe('<html>');
  });

  it('do not stand in for the API, for a missing file or for anything but a page', async () => {
    for (const path of ['/api/nothing', '/v1/nothing', '/assets/old-hash.js']) {
      expect(await ask(path)).toBeNull();
    }
    expect(await ask('/missing.png', { headers: { accept: 'image/*' } })).toBeNull();
    expect(await ask('/tokens', { method: 'POST' })).toBeNull();
  });
});
