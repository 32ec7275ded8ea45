import { html, type TemplateResult } from 'lit';
import type { IconName } from '../components/icon';

/** One page of the panel: its address, its place in the navigation, and what loads it. */
export interface Page {
  readonly path: string;
  readonly name: PageName;
  readonly symbol: IconName;
  readonly load: () => Promise<unknown>;
  readonly render: () => TemplateResult;
}

export type PageName =
  | 'dashboard'
  | 'tokens'
  | 'keys'
  | 'calls'
  | 'models'
  | 'media'
  | 'chat'
  | 'imagine'
  | 'video'
  | 'settings';

/** Pages in the order of the navigation; each is a bundle of its own. */
export const PAGES: readonly Page[] = [
  {
    path: '/admin',
    name: 'dashboard',
    symbol: 'dashboard',
    load: () => import('../pages/dashboard/dashboard-page'),
    render: () => html`<dashboard-page></dashboard-page>`,
  },
  {
    path: '/admin/token',
    name: 'tokens',
    symbol: 'tokens',
    load: () => import('../pages/tokens/tokens-page'),
    render: () => html`<tokens-page></tokens-page>`,
  },
  {
    path: '/admin/keys',
    name: 'keys',
    symbol: 'keys',
    load: () => import('../pages/keys/keys-page'),
    render: () => html`<keys-page></keys-page>`,
  },
  {
    path: '/admin/calls',
    name: 'calls',
    symbol: 'calls',
    load: () => import('../pages/calls/calls-page'),
    render: () => html`<calls-page></calls-page>`,
  },
  {
    path: '/admin/models',
    name: 'models',
    symbol: 'models',
    load: () => import('../pages/models/models-page'),
    render: () => html`<models-page></models-page>`,
  },
  {
    path: '/admin/cache',
    name: 'media',
    symbol: 'media',
    load: () => import('../pages/media/media-page'),
    render: () => html`<media-page></media-page>`,
  },
  {
    path: '/admin/chat',
    name: 'chat',
    symbol: 'chat',
    load: () => import('../pages/chat/chat-page'),
    render: () => html`<chat-page></chat-page>`,
  },
  {
    path: '/admin/imagine',
    name: 'imagine',
    symbol: 'imagine',
    load: () => import('../pages/imagine/imagine-page'),
    render: () => html`<imagine-page></imagine-page>`,
  },
  {
    path: '/admin/video',
    name: 'video',
    symbol: 'video',
    load: () => import('../pages/video/video-page'),
    render: () => html`<video-page></video-page>`,
  },
  {
    path: '/admin/config',
    name: 'settings',
    symbol: 'settings',
    load: () => import('../pages/settings/settings-page'),
    render: () => html`<settings-page></settings-page>`,
  },
];

/** Addresses of earlier panels. */
const OLDER: ReadonlyMap<string, string> = new Map([
  ['/', '/admin'],
  ['/login', '/admin'],
  ['/manage', '/admin/token'],
  ['/admin/datacenter', '/admin'],
  ['/chat', '/admin/chat'],
]);

/** The page of an address; null for one that does not exist. */
export function pageOf(path: string): Page | null {
  const plain = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const wanted = OLDER.get(plain) ?? plain;
  return PAGES.find((page) => page.path === wanted) ?? null;
}
