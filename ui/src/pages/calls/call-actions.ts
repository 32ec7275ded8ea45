import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type CallFormat, clearCalls, exportCalls } from '../../api/calls';
import { confirm } from '../../components/confirm';
import { icon } from '../../components/icon';
import '../../components/progress-bar';
import { saveFile } from '../../components/save-file';
import { toast, toastError } from '../../components/toasts';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { type CallFilter, EMPTY_FILTER, queryOf } from './call-filter';
import { messages } from './messages';

/** The list is to be read again and again, or no longer. */
export class LiveSwitchedEvent extends Event {
  constructor() {
    super('live-switched', { bubbles: true, composed: true });
  }
}

/** The log is to be read anew. */
export class LogChangedEvent extends Event {
  constructor() {
    super('log-changed', { bubbles: true, composed: true });
  }
}

/** Live, refresh, exports, clear. @fires live-switched @fires log-changed */
@customElement('call-actions')
export class CallActions extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .progress {
        display: flex;
        gap: 0.75rem;
        align-items: center;
        margin-top: 0.5rem;
      }
      progress-bar {
        flex: 1;
        min-width: 0;
      }
      @media (max-width: 719px) {
        .row {
          display: grid;
          grid-template-columns: 1fr 1fr;
        }
      }
    `,
  ];

  /** What an export holds. */
  @property({ attribute: false }) filter: CallFilter = EMPTY_FILTER;
  @property({ type: Boolean }) isLive = false;
  /** Only the first page is. */
  @property({ type: Boolean }) canBeLive = true;
  @state() private isBusy = false;
  /** Calls that an export has got so far; null while there is none. */
  @state() private exported: number | null = null;
  readonly #i18n = new Localize(this, messages);
  #run = new AbortController();

  override disconnectedCallback(): void {
    this.#run.abort();
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    return html`
      <div class="row">
        <label class="check">
          <input
            type="checkbox"
            .checked=${this.isLive}
            ?disabled=${!this.canBeLive}
            @change=${() => this.dispatchEvent(new LiveSwitchedEvent())}
          />
          ${text.live}
        </label>
        <button type="button" @click=${() => this.dispatchEvent(new LogChangedEvent())}>
          ${icon('refresh')} ${text.refresh}
        </button>
        ${this.#renderExport('csv', text.exportCsv)}
        ${this.#renderExport('ndjson', text.exportLines)}
        <button
          type="button"
          class="danger"
          ?disabled=${!canChange() || this.isBusy}
          @click=${this.#clear}
        >
          ${icon('trash')} ${text.clear}
        </button>
      </div>
      ${this.exported === null ? nothing : this.#renderProgress(this.exported)}
    `;
  }

  #renderProgress(count: number) {
    const { text } = this.#i18n;
    return html`
      <div class="progress" role="status">
        <progress-bar total="-1" label=${text.exporting}>
          <span class="number">${formatNumber(count)}</span>
        </progress-bar>
        <button type="button" @click=${() => this.#run.abort()}>${text.stopExport}</button>
      </div>
    `;
  }

  #renderExport(format: CallFormat, words: string) {
    return html`
      <button
        type="button"
        ?disabled=${this.isBusy}
        @click=${() => this.#whileBusy(() => this.#export(format))}
      >
        ${icon('download')} ${words}
      </button>
    `;
  }

  async #export(format: CallFormat): Promise<void> {
    this.#run = new AbortController();
    const { signal } = this.#run;
    this.exported = 0;
    try {
      const query = queryOf(this.filter, Date.now());
      const onLines = (lines: number): void => {
        this.exported = lines;
      };
      saveFile(await exportCalls(query, format, { signal, onLines }), `calls.${format}`);
      toast(this.#i18n.text.exported);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      this.exported = null;
    }
  }

  readonly #clear = async (): Promise<void> => {
    const { text } = this.#i18n;
    const isMeant = await confirm({
      heading: text.clearTitle,
      body: text.clearBody,
      action: text.clearAction,
      isDangerous: true,
    });
    if (!isMeant) return;
    await this.#whileBusy(async () => {
      toast(text.cleared(await clearCalls()));
      this.dispatchEvent(new LogChangedEvent());
    });
  };

  async #whileBusy(work: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    try {
      await work();
    } catch (thrown) {
      toastError(thrown);
    } finally {
      this.isBusy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'call-actions': CallActions;
  }
}
