import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { PurgeProgress } from '../../../../src/contract/cache';
import { cancelClear, readPurge } from '../../api/media';
import '../../components/progress-bar';
import { toast, toastError } from '../../components/toasts';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { shared } from '../../theme/shared';
import { messages } from './messages';

/** The cache has fewer objects now. */
export class PurgeEndedEvent extends Event {
  constructor() {
    super('purge-ended', { bubbles: true, composed: true });
  }
}

const POLL_MS = 1_000;

/** How far a clearing is: one that is begun here, or was under way when the page was opened. @fires purge-ended */
@customElement('purge-status')
export class PurgeStatus extends LitElement {
  static override styles = [shared];

  /** Objects that the clearing begun last found. */
  @property({ type: Number }) total = 0;
  /** Another number says that a clearing has begun. */
  @property({ type: Number }) round = 0;
  @state() private purge: PurgeProgress | null = null;
  readonly #i18n = new Localize(this, messages);
  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    clearTimeout(this.#timer);
    super.disconnectedCallback();
  }

  override willUpdate(): void {
    const { purge } = this;
    this.hidden = purge === null || !(isUnderWay(purge) || purge.gave_up);
  }

  override updated(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (!changed.has('round')) return;
    clearTimeout(this.#timer);
    void this.#look();
  }

  override render() {
    const { text } = this.#i18n;
    const { purge } = this;
    if (purge === null) return nothing;
    if (!isUnderWay(purge)) {
      return purge.gave_up ? html`<p role="alert">${text.gaveUp}</p>` : nothing;
    }
    const total = Math.max(this.total, purge.deleted);
    return html`
      <div class="card" role="status">
        <progress-bar .label=${text.clearing} .done=${purge.deleted} .total=${total}>
          <span class="number">${formatNumber(purge.deleted)} / ${formatNumber(total)}</span>
        </progress-bar>
        ${
          purge.task === 'clear'
            ? html`<button type="button" @click=${this.#stop}>${text.stopClearing}</button>`
            : nothing
        }
      </div>
    `;
  }

  readonly #stop = async (): Promise<void> => {
    try {
      await cancelClear();
    } catch (thrown) {
      toastError(thrown);
    }
  };

  async #look(): Promise<void> {
    const wasAwaited = this.round > 0 || this.purge !== null;
    try {
      this.purge = await readPurge();
    } catch (thrown) {
      toastError(thrown);
      return;
    }
    if (!this.isConnected) return;
    if (isUnderWay(this.purge)) this.#timer = setTimeout(() => void this.#look(), POLL_MS);
    else if (wasAwaited) {
      const { deleted, deleted_bytes: bytes, gave_up: hasFailed } = this.purge;
      if (!hasFailed) toast(this.#i18n.text.cleared(deleted, bytes));
      this.dispatchEvent(new PurgeEndedEvent());
    }
  }
}

const isUnderWay = ({ running, waiting }: PurgeProgress): boolean => running || waiting > 0;

declare global {
  interface HTMLElementTagNameMap {
    'purge-status': PurgeStatus;
  }
}
