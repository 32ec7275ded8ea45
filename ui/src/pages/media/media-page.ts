import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { PurgeTarget } from '../../../../src/contract/cache';
import type { MediaKind } from '../../../../src/contract/media';
import { type CacheSizes, clearCache, readCacheSizes } from '../../api/media';
import { readSettings } from '../../api/settings';
import { queryValue, setQuery } from '../../app/router';
import { confirm } from '../../components/confirm';
import { icon } from '../../components/icon';
import '../../components/job-list';
import { toastError } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { listJobs } from '../../state/jobs';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { AccountsCountedEvent } from './account-counts';
import './cached-media';
import './media-cards';
import { type Counted, type Section, SectionChosenEvent, SECTIONS } from './media-cards';
import './media-jobs';
import { messages } from './messages';
import './online-assets';
import './purge-status';

const MEBI = 1_048_576;
const REFRESH_MS = 30_000;

/** What is cached and what accounts hold upstream: how much, what it is, and clearing it away. */
@customElement('media-page')
export class MediaPage extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      @media (max-width: 719px) {
        .head .row {
          width: 100%;
        }
        .head button {
          flex: 1;
        }
      }
    `,
  ];

  @state() private section = sectionOf(location.search);
  @state() private sizes: CacheSizes | null = null;
  @state() private counted: Counted | null = null;
  /** Objects that the clearing begun last found, and how many were begun. */
  @state() private clearing = { total: 0, round: 0 };
  /** Counts what makes lists read anew. */
  @state() private changes = 0;
  readonly #i18n = new Localize(this, messages);
  #timer: ReturnType<typeof setInterval> | undefined;

  readonly #reading = new Task(this, {
    args: () => [this.changes] as const,
    task: async (_, { signal }) => {
      this.sizes = await readCacheSizes(signal);
    },
  });

  readonly #cap = new Task(this, {
    args: () => [] as const,
    task: async (_, { signal }) => {
      const limit = (await readSettings(signal)).values.get('cache.limit_mb');
      return typeof limit === 'number' ? limit * MEBI : null;
    },
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible') void this.#reading.run();
    }, REFRESH_MS);
    window.addEventListener('job-changed', this.#jobChanged);
    window.addEventListener('address-changed', this.#readAddress);
    window.addEventListener('popstate', this.#readAddress);
  }

  override disconnectedCallback(): void {
    clearInterval(this.#timer);
    window.removeEventListener('job-changed', this.#jobChanged);
    window.removeEventListener('address-changed', this.#readAddress);
    window.removeEventListener('popstate', this.#readAddress);
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    const { error } = this.#reading;
    return html`
      <div class="stack" @cache-changed=${this.#changed} @purge-ended=${this.#changed}>
        ${this.#renderHead()}
        <media-cards
          .sizes=${this.sizes}
          .capBytes=${this.#cap.value ?? null}
          .counted=${this.counted}
          .section=${this.section}
          @section-chosen=${(event: Event) => {
            if (event instanceof SectionChosenEvent) this.#show(event.section);
          }}
        ></media-cards>
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        <purge-status .total=${this.clearing.total} .round=${this.clearing.round}></purge-status>
        <job-list
          ?hidden=${!listJobs().some(({ kind }) => Object.hasOwn(text.jobs, kind))}
          .names=${text.jobs}
        ></job-list>
        ${this.#renderSection()}
      </div>
    `;
  }

  #renderHead() {
    const { text } = this.#i18n;
    const clear = (target: PurgeTarget, words: string) => html`
      <button
        type="button"
        class="danger"
        ?disabled=${!canChange() || this.#countOf(target).count === 0}
        @click=${() => this.#clear(target)}
      >
        ${icon('trash')} ${words}
      </button>
    `;
    return html`
      <div class="row spread head">
        <h1>${text.title}</h1>
        <div class="row">
          ${this.section === 'images' ? clear('image', text.clearKind.image) : nothing}
          ${this.section === 'videos' ? clear('video', text.clearKind.video) : nothing}
          ${this.section === 'accounts' ? nothing : clear('all', text.clearAll)}
        </div>
      </div>
    `;
  }

  #renderSection() {
    if (this.section === 'accounts') {
      return html`<online-assets
        @accounts-counted=${(event: Event) => {
          if (event instanceof AccountsCountedEvent) this.counted = event.counted;
        }}
      ></online-assets>`;
    }
    return html`<cached-media
      .kind=${this.section === 'videos' ? 'video' : 'image'}
      .changes=${this.changes}
    ></cached-media>`;
  }

  #countOf(target: PurgeTarget): { readonly count: number; readonly bytes: number } {
    const kinds: readonly MediaKind[] = target === 'all' ? ['image', 'video'] : [target];
    const sum = (field: 'count' | 'size_bytes'): number =>
      kinds.reduce((total, kind) => total + (this.sizes?.[kind][field] ?? 0), 0);
    return { count: sum('count'), bytes: sum('size_bytes') };
  }

  async #clear(target: PurgeTarget): Promise<void> {
    const { text } = this.#i18n;
    const { count, bytes } = this.#countOf(target);
    const isMeant = await confirm({
      heading: text.clearTitle[target],
      body: text.clearBody(count, bytes),
      action: text.clearAction,
      isDangerous: true,
    });
    if (!isMeant) return;
    try {
      const total = await clearCache(target);
      this.clearing = { total, round: this.clearing.round + 1 };
    } catch (thrown) {
      toastError(thrown);
    }
  }

  #show(section: Section): void {
    this.section = section;
    setQuery({ section: section === 'images' ? '' : section, search: '', token: '' });
  }

  readonly #changed = (): void => void this.changes++;

  /** The list of jobs takes no room while there are none. */
  readonly #jobChanged = (): void => this.requestUpdate();

  readonly #readAddress = (): void => {
    if (location.pathname === '/admin/cache') this.section = sectionOf(location.search);
  };
}

/** The section that an address names; a token's files are among those of accounts. */
function sectionOf(search: string): Section {
  const wanted = new URLSearchParams(search).get('section') ?? '';
  if (wanted === '' && queryValue('token') !== '') return 'accounts';
  return SECTIONS.find((section) => section === wanted) ?? 'images';
}

declare global {
  interface HTMLElementTagNameMap {
    'media-page': MediaPage;
  }
}
