import type { Part } from '../provider';
import { firstText, list, record, text, type Json } from './narrow';

/** Most sources one answer names; heavy modes read hundreds of pages. */
const MAX_SOURCES = 200;
const PAGE_FIELDS = ['webSearchResults', 'citedWebSearchResults'];
const POST_FIELDS = ['xSearchResults', 'xposts', 'citedXposts'];

/** Pages and posts an answer was drawn from, each told once. */
export class SourceLedger {
  readonly #seen = new Set<string>();

  /** Collects the results that a frame or the final message carries, under any of their names. */
  collect(from: Json, out: Part[]): void {
    for (const key of PAGE_FIELDS) {
      for (const entry of resultsOf(from[key])) {
        this.add(text(entry['url']), firstText(entry, 'title', 'siteName'), out);
      }
    }
    for (const key of POST_FIELDS) {
      for (const entry of resultsOf(from[key])) {
        this.addPost(text(entry['username']), text(entry['postId']), out);
      }
    }
  }

  /** Names one page; a second time, a page beyond the limit or a URL that is none changes nothing. */
  add(url: string, title: string, out: Part[]): void {
    if (this.#seen.size >= MAX_SOURCES || this.#seen.has(url)) return;
    const host = webHost(url);
    if (host === null) return;
    this.#seen.add(url);
    out.push({ type: 'source', url, title: title === '' ? host : title });
  }

  /** Names one post of X by its author, with or without `@`, and its number. */
  addPost(author: string, postId: string, out: Part[]): void {
    const username = author.replace(/^@/, '');
    if (!/^\w{1,50}$/.test(username) || !/^\d{1,25}$/.test(postId)) return;
    this.add(`https://x.com/${username}/status/${postId}`, `@${username}`, out);
  }
}

/** The host of a web address; null when it is none. */
export function webHost(url: string): string | null {
  if (!/^https?:\/\//i.test(url)) return null;
  return URL.parse(url)?.host ?? null;
}

/** Streams give `{results: […]}`, the final message a plain list. */
function resultsOf(value: unknown): readonly Json[] {
  if (value === undefined || value === null) return NO_RESULTS;
  const entries = Array.isArray(value) ? value : list(record(value)?.['results']);
  return entries.map(record).filter((entry) => entry !== null);
}

const NO_RESULTS: readonly Json[] = [];
