import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { CacheItem, CacheList } from '../../../../src/contract/cache';
import type { MediaKind } from '../../../../src/contract/media';
import { deleteCached, readCachePage } from '../../api/media';
import { OwnAddress, queryValue, setQuery } from '../../app/router';
import '../../components/bulk-bar';
import { confirm } from '../../components/confirm';
import { SelectionChangedEvent } from '../../components/data-table';
import { icon } from '../../components/icon';
import '../../components/pager-bar';
import { PageWantedEvent } from '../../components/pager-bar';
import '../../components/search-box';
import { SearchedEvent } from '../../components/search-box';
import { toast, toastError } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { JobChangedEvent, startJob } from '../../state/jobs';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import './cached-list';
import { messages } from './messages';

/** Other objects are cached now. */
export class CacheChangedEvent extends Event {
  constructor() {
    super('cache-changed', { bubbles: true, composed: true });
  }
}

const PAGE = 48;

/** Objects of one kind: searched, paged, ticked, deleted. @fires cache-changed */
@customElement('cached-media')
export class CachedMedia extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
        min-width: 0;
      }
    `,
  ];

  @property() kind: MediaKind = 'image';
  /** Another number reads anew. */
  @property({ type: Number }) changes = 0;
  @state() private search = queryValue('search');
  @state() private trail: readonly string[] = [];
  @state() private list: CacheList | null = null;
  @state() private selected: ReadonlySet<string> = new Set();
  readonly #i18n = new Localize(this, messages);

  readonly #reading = new Task(this, {
    args: () => [this.kind, this.search, this.trail, this.changes] as const,
    task: async ([kind, search, trail], { signal }) => {
      const page = { after: trail.at(-1) ?? '', limit: PAGE };
      this.list = await readCachePage(kind, search, page, signal);
    },
  });

  constructor() {
    super();
    new OwnAddress(this, () => {
      if (this.search === queryValue('search')) return;
      this.search = queryValue('search');
      this.trail = [];
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('job-changed', this.#jobChanged);
  }

  override disconnectedCallback(): void {
    window.removeEventListener('job-changed', this.#jobChanged);
    super.disconnectedCallback();
  }

  override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (!changed.has('kind') || changed.get('kind') === undefined) return;
    this.search = '';
    this.trail = [];
    this.list = null;
    this.selected = new Set();
  }

  override render() {
    const { text } = this.#i18n;
    const { error } = this.#reading;
    return html`
      <div class="row">
        <search-box
          .value=${this.search}
          .placeholder=${text.search}
          @searched=${this.#searched}
        ></search-box>
        <button type="button" @click=${() => this.dispatchEvent(new CacheChangedEvent())}>
          ${icon('refresh')} ${text.refresh}
        </button>
      </div>
      ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
      ${this.list === null ? nothing : this.#renderList(this.list)}
    `;
  }

  #renderList({ items, total, next }: CacheList) {
    const { text } = this.#i18n;
    return html`
      <cached-list
        .kind=${this.kind}
        .items=${items}
        .isSearched=${this.search !== ''}
        .selected=${this.selected}
        .actions=${{ canChange: canChange(), remove: this.#remove }}
        @selection-changed=${(event: Event) => {
          if (event instanceof SelectionChangedEvent) this.selected = event.keys;
        }}
      ></cached-list>
      ${
        total === 0
          ? nothing
          : html`<pager-bar
              .page=${this.trail.length + 1}
              .hasNext=${next !== null}
              .total=${total}
              @page-wanted=${this.#turn}
            ></pager-bar>`
      }
      <bulk-bar
        ?hidden=${this.selected.size === 0}
        .count=${this.selected.size}
        @selection-cleared=${() => (this.selected = new Set())}
      >
        <button type="button" class="danger" @click=${this.#removeSelected}>
          ${icon('trash')} ${text.remove}
        </button>
      </bulk-bar>
    `;
  }

  readonly #searched = (event: Event): void => {
    if (!(event instanceof SearchedEvent)) return;
    this.search = event.text;
    this.trail = [];
    setQuery({ search: this.search });
  };

  readonly #turn = (event: Event): void => {
    if (!(event instanceof PageWantedEvent)) return;
    const next = this.list?.next ?? null;
    if (event.direction === 'previous') this.trail = this.trail.slice(0, -1);
    else if (next !== null) this.trail = [...this.trail, next];
  };

  readonly #remove = async ({ name }: CacheItem): Promise<void> => {
    if (!(await this.#mayRemove(1))) return;
    try {
      await deleteCached(this.kind, [name]);
      this.selected = new Set([...this.selected].filter((known) => known !== name));
      toast(this.#i18n.text.removed);
      this.dispatchEvent(new CacheChangedEvent());
    } catch (thrown) {
      toastError(thrown);
    }
  };

  readonly #removeSelected = async (): Promise<void> => {
    const names = [...this.selected];
    if (!(await this.#mayRemove(names.length))) return;
    startJob(`media.${this.kind}`, names);
    this.selected = new Set();
  };

  #mayRemove(count: number): Promise<boolean> {
    const { text } = this.#i18n;
    return confirm({
      heading: text.removeTitle(count),
      body: text.removeBody,
      action: text.remove,
      isDangerous: true,
    });
  }

  readonly #jobChanged = (event: Event): void => {
    if (!(event instanceof JobChangedEvent)) return;
    const { kind, status } = event.job;
    const isOver = status !== 'running' && status !== 'paused';
    if (isOver && kind === `media.${this.kind}`) this.dispatchEvent(new CacheChangedEvent());
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'cached-media': CachedMedia;
  }
}
