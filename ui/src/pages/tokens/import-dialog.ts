import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import '../../components/app-dialog';
import { DialogClosedEvent } from '../../components/app-dialog';
import '../../components/progress-bar';
import { errorText } from '../../i18n/errors';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { type ImportPlan, planLongImport } from './import-plan';
import './import-report';
import { type ImportReport, plannedItems, runImport } from './import-run';
import './import-source';
import type { SourceChangedEvent } from './import-source';
import { messages } from './messages';
import { targetOf, type TokenType } from './token-filter';
import './type-select';
import type { TypeChosenEvent } from './type-select';

type Step = 'input' | 'checking' | 'report' | 'importing' | 'done';

/** The pool has other tokens now. */
export class TokensImportedEvent extends Event {
  constructor() {
    super('tokens-imported', { bubbles: true, composed: true });
  }
}

/** Imports credentials: choose them, see what would happen, let it happen. @fires dialog-closed @fires tokens-imported */
@customElement('import-dialog')
export class ImportDialog extends LitElement {
  static override styles = [shared, controls];

  @state() private step: Step = 'input';
  /** Large: nothing renders when it changes. */
  private text = '';
  @state() private isEmpty = true;
  @state() private fileName: string | null = null;
  @state() private type: TokenType = 'sso';
  @state() private plan: ImportPlan | null = null;
  @state() private report: ImportReport | null = null;
  @state() private done = 0;
  @state() private failure = '';
  readonly #i18n = new Localize(this, messages);
  #run = new AbortController();

  override disconnectedCallback(): void {
    this.#run.abort();
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    return html`
      <app-dialog
        .heading=${text.import}
        modal
        guarded
        ?locked=${this.step === 'checking' || this.step === 'importing'}
      >
        <div class="stack">
          ${this.#renderStep()}
          ${this.failure === '' ? nothing : html`<p role="alert">${this.failure}</p>`}
        </div>
        ${this.#renderButtons()}
      </app-dialog>
    `;
  }

  #renderStep() {
    switch (this.step) {
      case 'input':
        return html`
          <type-select
            .type=${this.type}
            @type-chosen=${(event: TypeChosenEvent) => (this.type = event.chosen)}
          ></type-select>
          <import-source
            .text=${this.text}
            .fileName=${this.fileName}
            @source-changed=${this.#sourceChanged}
          ></import-source>
        `;
      case 'checking':
      case 'importing':
        return this.#renderProgress();
      case 'report':
      case 'done':
        return html`<import-report
          .report=${this.report}
          ?done=${this.step === 'done'}
        ></import-report>`;
    }
  }

  #renderProgress() {
    const { text } = this.#i18n;
    const total = this.plan === null ? 0 : plannedItems(this.plan);
    return html`
      <progress-bar
        .done=${this.done}
        .total=${total}
        .label=${this.step === 'checking' ? text.checking : text.importing}
      >
        <span class="number">${formatNumber(this.done)} / ${formatNumber(total)}</span>
      </progress-bar>
    `;
  }

  #renderButtons() {
    const { text } = this.#i18n;
    const button = (label: string, act: () => void, look = '', isOff = false) => html`
      <button slot="footer" type="button" class=${look} ?disabled=${isOff} @click=${act}>
        ${label}
      </button>
    `;
    switch (this.step) {
      case 'input':
        return html`
          ${button(text.cancel, this.#close)}
          ${button(text.check, () => void this.#check(), 'primary', this.isEmpty)}
        `;
      case 'checking':
      case 'importing':
        return button(text.stop, () => this.#run.abort(), 'danger');
      case 'report': {
        const count = (this.report?.added ?? 0) + (this.report?.updated ?? 0);
        return html`
          ${count === 0 ? html`<span slot="footer">${text.nothingToImport}</span>` : nothing}
          ${button(text.back, () => (this.step = 'input'))}
          ${button(text.importCount(count), () => void this.#import(), 'primary', count === 0)}
        `;
      }
      case 'done':
        return button(text.close, this.#close, 'primary');
    }
  }

  readonly #sourceChanged = (event: SourceChangedEvent): void => {
    this.text = event.text;
    this.isEmpty = !/\S/.test(event.text);
    this.fileName = event.fileName;
  };

  async #check(): Promise<void> {
    this.step = 'checking';
    this.plan = await planLongImport(this.text, targetOf(this.type));
    const report = await this.#send(this.plan, 'checking');
    this.report = report;
    this.step = report === null ? 'input' : 'report';
  }

  async #import(): Promise<void> {
    const { plan } = this;
    if (plan === null) return;
    const report = await this.#send(plan, 'importing');
    this.dispatchEvent(new TokensImportedEvent());
    if (report === null) {
      this.step = 'input';
      return;
    }
    this.report = report;
    // What has been imported is not kept in the page any longer.
    this.text = '';
    this.isEmpty = true;
    this.plan = null;
    this.step = 'done';
  }

  async #send(plan: ImportPlan, step: 'checking' | 'importing'): Promise<ImportReport | null> {
    this.step = step;
    this.done = 0;
    this.failure = '';
    this.#run = new AbortController();
    const { signal } = this.#run;
    const onProgress = (done: number): void => {
      this.done = done;
    };
    try {
      return await runImport(plan, step === 'checking', onProgress, signal);
    } catch (thrown) {
      const isStopped = signal.aborted;
      if (!isStopped) this.failure = errorText(thrown);
      else if (step === 'importing') this.failure = this.#i18n.text.stopped;
      return null;
    }
  }

  readonly #close = (): void => {
    this.dispatchEvent(new DialogClosedEvent());
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'import-dialog': ImportDialog;
  }
}
