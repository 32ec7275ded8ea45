import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { AssetItem, AssetList } from '../../../../src/contract/cache';
import { readAssets } from '../../api/media';
import '../../components/bulk-bar';
import { confirm } from '../../components/confirm';
import { type Column, SelectionChangedEvent } from '../../components/data-table';
import '../../components/data-table';
import '../../components/empty-state';
import { icon } from '../../components/icon';
import '../../components/pager-bar';
import { PageWantedEvent } from '../../components/pager-bar';
import { toastError } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { formatBytes, formatShortTime } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { JobChangedEvent, startJob } from '../../state/jobs';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import './failure-list';
import { messages } from './messages';

/** An account with more has to be cleared more than once. */
const MAX_LISTED = 10_000;

/** The files of one account upstream: paged, ticked, deleted. */
@customElement('account-files')
export class AccountFiles extends LitElement {
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
      data-table {
        --table-width: 44rem;
      }
    `,
  ];

  @property() token = '';
  @state() private trail: readonly string[] = [];
  @state() private list: AssetList | null = null;
  @state() private selected: ReadonlySet<string> = new Set();
  /** Files found while all of them are listed; null while that is not done. */
  @state() private found: number | null = null;
  readonly #i18n = new Localize(this, messages);

  readonly #reading = new Task(this, {
    args: () => [this.token, this.trail] as const,
    task: async ([token, trail], { signal }) => {
      this.list = await readAssets(token, trail.at(-1) ?? '', signal);
    },
  });

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('job-changed', this.#jobChanged);
  }

  override disconnectedCallback(): void {
    window.removeEventListener('job-changed', this.#jobChanged);
    super.disconnectedCallback();
  }

  override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (!changed.has('token')) return;
    this.trail = [];
    this.list = null;
    this.selected = new Set();
  }

  override render() {
    const { text } = this.#i18n;
    const { error } = this.#reading;
    return html`
      ${this.#renderActions()}
      <failure-list kind="media.assets" .token=${this.token}></failure-list>
      ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
      ${error !== undefined || this.list === null ? nothing : this.#renderList(this.list)}
      <bulk-bar
        ?hidden=${this.selected.size === 0}
        .count=${this.selected.size}
        @selection-cleared=${() => (this.selected = new Set())}
      >
        <button type="button" class="danger" @click=${() => this.#remove([...this.selected])}>
          ${icon('trash')} ${text.remove}
        </button>
      </bulk-bar>
    `;
  }

  #renderActions() {
    const { text } = this.#i18n;
    const hasAny = (this.list?.assets.length ?? 0) > 0;
    return html`
      <div class="row">
        <button type="button" @click=${() => (this.trail = [])}>
          ${icon('refresh')} ${text.refresh}
        </button>
        <button
          type="button"
          class="danger"
          ?disabled=${!canChange() || !hasAny || this.found !== null}
          @click=${this.#removeAll}
        >
          ${icon('trash')} ${text.removeAll}
        </button>
        ${
          this.found === null
            ? nothing
            : html`<span class="small muted" role="status">${text.listing(this.found)}</span>`
        }
      </div>
    `;
  }

  #renderList({ assets, next }: AssetList) {
    const { text } = this.#i18n;
    return html`
      <data-table
        ?selectable=${canChange()}
        .caption=${text.oneAccount}
        .columns=${this.#columns()}
        .rows=${assets}
        .keyOf=${({ id }: AssetItem) => id}
        .selected=${this.selected}
        @selection-changed=${(event: Event) => {
          if (event instanceof SelectionChangedEvent) this.selected = event.keys;
        }}
      >
        <empty-state
          slot="empty"
          symbol="media"
          heading=${text.noFiles}
          hint=${text.noFilesHint}
        ></empty-state>
      </data-table>
      ${
        this.trail.length === 0 && next === null
          ? nothing
          : html`<pager-bar
              .page=${this.trail.length + 1}
              .hasNext=${next !== null}
              @page-wanted=${this.#turn}
            ></pager-bar>`
      }
    `;
  }

  #columns(): readonly Column<AssetItem>[] {
    const { text } = this.#i18n;
    return [
      {
        key: 'name',
        heading: text.name,
        cell: ({ id, name }) => html`
          <div class="mono">${name === '' ? id : name}</div>
          <div class="muted small mono">${name === '' ? nothing : id}</div>
        `,
      },
      { key: 'type', heading: text.type, cell: ({ mime }) => mime },
      {
        key: 'size',
        heading: text.size,
        align: 'end',
        cell: ({ size_bytes: bytes }) => (bytes === null ? '–' : formatBytes(bytes)),
      },
      {
        key: 'created',
        heading: text.created,
        cell: ({ created_at: at }) => (at === null ? '–' : formatShortTime(at)),
      },
      {
        key: 'actions',
        heading: text.actions,
        width: '4.5rem',
        cell: ({ id, name }) => html`
          <button
            type="button"
            class="plain icon"
            aria-label="${text.remove}: ${name === '' ? id : name}"
            title=${text.remove}
            ?disabled=${!canChange()}
            @click=${() => this.#remove([id])}
          >
            ${icon('trash')}
          </button>
        `,
      },
    ];
  }

  readonly #turn = (event: Event): void => {
    if (!(event instanceof PageWantedEvent)) return;
    const next = this.list?.next ?? null;
    if (event.direction === 'previous') this.trail = this.trail.slice(0, -1);
    else if (next !== null) this.trail = [...this.trail, next];
  };

  /** Finds them all first, so that the question says how many, and a reload knows what is left. */
  readonly #removeAll = async (): Promise<void> => {
    const { token } = this;
    const ids: string[] = [];
    this.found = 0;
    try {
      for (let after: string | null = ''; after !== null && ids.length < MAX_LISTED;) {
        const page: AssetList = await readAssets(token, after);
        ids.push(...page.assets.map(({ id }) => id));
        this.found = ids.length;
        after = page.next;
      }
      await this.#remove(ids);
    } catch (thrown) {
      toastError(thrown);
    } finally {
      this.found = null;
    }
  };

  async #remove(ids: readonly string[]): Promise<void> {
    const { text } = this.#i18n;
    const { token } = this;
    const isMeant = await confirm({
      heading: text.assetsTitle(ids.length),
      body: text.assetsBody,
      action: text.remove,
      isDangerous: true,
    });
    if (!isMeant) return;
    startJob('media.assets', ids, { token });
    this.selected = new Set();
  }

  readonly #jobChanged = (event: Event): void => {
    if (!(event instanceof JobChangedEvent)) return;
    const { kind, details, status } = event.job;
    const isOver = status !== 'running' && status !== 'paused';
    if (isOver && kind === 'media.assets' && details['token'] === this.token) this.trail = [];
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'account-files': AccountFiles;
  }
}
