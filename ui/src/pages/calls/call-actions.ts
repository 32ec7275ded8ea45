import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type CallFormat, clearCalls, exportCalls } from '../../api/calls';
import { confirm } from '../../components/confirm';
import { icon } from '../../components/icon';
import { saveFile } from '../../components/save-file';
import { toast, toastError } from '../../components/toasts';
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
  readonly #i18n = new Localize(this, messages);

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
    const file = await exportCalls(queryOf(this.filter, Date.now()), format);
    saveFile(file, `calls.${format}`);
    toast(this.#i18n.text.exported);
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
