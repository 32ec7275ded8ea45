import { describe, expect, it } from 'vitest';

// By a path that only the runner reads: the types of the panel are a browser's.
const PAGES = '../../../ui/src/app/pages.ts';
const { pageOf }: { pageOf: (path: string) => { readonly name: string } | null } = await import(
  /* @vite-ignore */ PAGES
);

describe('addresses of earlier panels', () => {
  it.each([
    ['/login', 'dashboard'],
    ['/admin/token', 'tokens'],
    ['/admin/keys', 'keys'],
    ['/admin/cache', 'media'],
    ['/admin/config', 'settings'],
    ['/admin/datacenter', 'dashboard'],
    ['/admin/chat', 'chat'],
    ['/chat', 'chat'],
    ['/manage', 'tokens'],
  ])('%s opens the page of %s', (path, name) => {
    expect(pageOf(path)?.name).toBe(name);
  });
});
