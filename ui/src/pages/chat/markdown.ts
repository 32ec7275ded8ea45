import DOMPurify from 'dompurify';
import { Marked, type Token, type TokensList } from 'marked';
import { ownMedia } from '../../api/own-media';

/**
 * What a model wrote, as nodes that can do nothing: marked, then DOMPurify, then our own rules for what
 * is loaded and where links lead. Nothing of it is in the page before all three have seen it.
 */

const INLINE = 'a b strong i em del s u sub sup mark kbd small span br code img video source input';
const BLOCKS =
  'p hr div blockquote pre ul ol li details summary h1 h2 h3 h4 h5 h6 dl dt dd ' +
  'table thead tbody tfoot tr th td caption';
const TAGS = `${INLINE} ${BLOCKS}`.split(' ');
const ADDRESSES = ['href', 'src', 'poster'];
const WORDS = ['alt', 'title', 'colspan', 'rowspan', 'start', 'type', 'checked'];

const RULES = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: [...ADDRESSES, ...WORDS],
  ALLOWED_URI_REGEXP: /^(?:https?:|\/(?![/\\])|data:image\/(?:png|jpe?g|webp|gif|avif);)/i,
  // Others are taken for addresses, and go unless they are allowed ones.
  ADD_URI_SAFE_ATTR: WORDS,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/**
 * HTML that a model wrote is shown as it was written, as words, unless it is of the plain kind: the page's
 * policy would complain of handlers and styles even where they are about to be taken away.
 */
const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: { html: ({ text }) => (isPlain(text) ? text : inWords(text)) },
});

function isPlain(html: string): boolean {
  const tags = [...html.matchAll(/<[/!?]?([^\s/>]*)/g)].map(([, name = '']) => name.toLowerCase());
  return tags.every((name) => TAGS.includes(name)) && !/[\s"'/](?:on\w+|style)\s*=/i.test(html);
}

function inWords(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A text cut into blocks, each with the words it was made from: one that did not change stays as it is. */
export function blocksOf(text: string): TokensList {
  return marked.lexer(text);
}

/** One block as nodes of this page. */
export function renderBlock(block: Token): DocumentFragment {
  const html = marked.parser([block]);
  const fragment = DOMPurify.sanitize(html, { ...RULES, RETURN_DOM_FRAGMENT: true });
  for (const box of fragment.querySelectorAll('input')) keepBox(box);
  for (const link of fragment.querySelectorAll('a')) keepLink(link);
  for (const image of fragment.querySelectorAll('img')) keepImage(image);
  for (const video of fragment.querySelectorAll('video')) keepVideo(video);
  for (const source of fragment.querySelectorAll('source')) source.remove();
  // Until here it was in a document that loads nothing.
  return document.importNode(fragment, true);
}

/** Of a task list; it shows, and cannot be ticked. */
function keepBox(box: HTMLInputElement): void {
  if (box.getAttribute('type') !== 'checkbox') {
    box.remove();
    return;
  }
  box.replaceWith(box.hasAttribute('checked') ? '☑ ' : '☐ ');
}

function keepLink(link: HTMLAnchorElement): void {
  const url = linkUrl(link.getAttribute('href') ?? '');
  if (url === null) {
    link.removeAttribute('href');
    return;
  }
  link.setAttribute('href', url.href);
  link.setAttribute('target', '_blank');
  link.setAttribute('rel', 'noopener noreferrer');
}

/** Own pictures and those that came along are shown; of any other there is a link. */
function keepImage(image: HTMLImageElement): void {
  const address = image.getAttribute('src') ?? '';
  const own = /^data:image\//i.test(address) ? address : ownMedia(address);
  if (own === null) {
    image.replaceWith(linkTo(address, image.getAttribute('alt')));
    return;
  }
  image.setAttribute('src', own);
  if (!image.hasAttribute('alt')) image.setAttribute('alt', '');
}

function keepVideo(video: HTMLVideoElement): void {
  const address =
    video.getAttribute('src') ?? video.querySelector('source')?.getAttribute('src') ?? '';
  const own = ownMedia(address);
  if (own === null) {
    video.replaceWith(linkTo(address, null));
    return;
  }
  const player = video.ownerDocument.createElement('video');
  player.setAttribute('src', own);
  player.setAttribute('controls', '');
  player.setAttribute('preload', 'metadata');
  player.setAttribute('playsinline', '');
  const poster = ownMedia(video.getAttribute('poster') ?? '');
  if (poster !== null) player.setAttribute('poster', poster);
  video.replaceWith(player);
}

/** Where a link may lead: the web, or a path of this gateway. */
function linkUrl(address: string): URL | null {
  const url = /^(?:https?:|\/)/i.test(address) ? URL.parse(address, location.origin) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

function linkTo(address: string, words: string | null): Node | string {
  const url = linkUrl(address);
  if (url === null) return words ?? '';
  const link = document.createElement('a');
  link.textContent = words === null || words === '' ? url.href : words;
  link.setAttribute('href', url.href);
  keepLink(link);
  return link;
}
