import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError } from '../../api/call';
import type { Download } from '../../api/download';
import type { TokenQuery } from '../../api/tokens';
import '../../components/app-dialog';
import { DialogClosedEvent } from '../../components/app-dialog';
import '../../components/progress-bar';
import { saveFile } from '../../components/save-file';
import { errorText } from '../../i18n/errors';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { exportFacts, exportSecretTexts } from './export-files';
import { messages } from './messages';

type Scope = 'selected' | 'matching';
type Format = 'csv' | 'ndjson' | 'secrets';

/** Downloads masks and facts, or, with the password, the secrets themselves. @fires dialog-closed */
@customElement('export-dialog')
export class ExportDialog extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      fieldset {
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
        font-size: 0.875rem;
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) selected: ReadonlySet<string> = new Set();
  @property({ attribute: false }) filter: TokenQuery = { type: '', state: '', tag: '', search: '' };
  @property({ type: Boolean }) filtered = false;
  @state() private scope: Scope = 'matching';
  @state() private format: Format = 'csv';
  @state() private done: number | null = null;
  @state() private failure = '';
  readonly #i18n = new Localize(this, messages);
  #run = new AbortController();

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.selected.size > 0) this.scope = 'selected';
  }

  override disconnectedCallback(): void {
    this.#run.abort();
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    const isBusy = this.done !== null;
    return html`
      <app-dialog .heading=${text.export} modal ?locked=${isBusy}>
        <form id="form" class="stack" @submit=${this.#submit}>
          ${this.#renderScope()} ${this.#renderFormat()}
          ${this.format === 'secrets' ? this.#renderPassword() : nothing}
          ${isBusy ? this.#renderProgress(this.done ?? 0) : nothing}
          ${this.failure === '' ? nothing : html`<p role="alert">${this.failure}</p>`}
        </form>
        ${
          isBusy
            ? html`<button
                slot="footer"
                type="button"
                class="danger"
                @click=${() => this.#run.abort()}
              >
                ${text.stop}
              </button>`
            : html`<button
                slot="footer"
                type="button"
                @click=${() => this.dispatchEvent(new DialogClosedEvent())}
              >
                ${text.close}
              </button>`
        }
        <button slot="footer" type="submit" form="form" class="primary" ?disabled=${isBusy}>
          ${text.download}
        </button>
      </app-dialog>
    `;
  }

  #renderScope() {
    const { text } = this.#i18n;
    const all = this.filtered ? text.allMatching : text.allTokens;
    return html`
      <fieldset>
        <legend>${text.what}</legend>
        ${
          this.selected.size > 0 && canChange()
            ? this.#renderChoice('scope', 'selected', text.selectedOnly(this.selected.size))
            : nothing
        }
        ${this.#renderChoice('scope', 'matching', all)}
      </fieldset>
    `;
  }

  #renderFormat() {
    const { text } = this.#i18n;
    return html`
      <fieldset>
        <legend>${text.format}</legend>
        ${this.#renderChoice('format', 'csv', text.factsCsv)}
        ${this.#renderChoice('format', 'ndjson', text.factsLines)}
        ${this.#renderChoice('format', 'secrets', text.secrets, !canChange())}
      </fieldset>
    `;
  }

  #renderChoice(name: 'scope' | 'format', value: Scope | Format, label: string, isOff = false) {
    return html`
      <label class="check">
        <input
          type="radio"
          name=${name}
          value=${value}
          .checked=${this[name] === value}
          ?disabled=${isOff}
          @change=${() => this.#choose(value)}
        />
        ${label}
      </label>
    `;
  }

  #renderPassword() {
    const { text } = this.#i18n;
    return html`
      <p class="small">${text.secretsHint}</p>
      <label>
        ${text.password}
        <input type="password" name="password" autocomplete="current-password" required />
      </label>
    `;
  }

  #renderProgress(done: number) {
    // How many a filter lets through is not always counted.
    const total = this.scope === 'selected' ? this.selected.size : -1;
    const figures =
      total < 0 ? formatNumber(done) : `${formatNumber(done)} / ${formatNumber(total)}`;
    return html`
      <progress-bar .done=${done} .total=${total} .label=${this.#i18n.text.downloading}>
        <span class="number">${figures}</span>
      </progress-bar>
    `;
  }

  #choose(value: Scope | Format): void {
    if (value === 'selected' || value === 'matching') this.scope = value;
    else this.format = value;
    this.failure = '';
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLInputElement>('input[name=password]');
    this.failure = '';
    this.done = 0;
    this.#run = new AbortController();
    const { signal } = this.#run;
    try {
      await this.#download(field?.value ?? '', { signal, onLines: (lines) => (this.done = lines) });
      if (field !== null) field.value = '';
    } catch (thrown) {
      if (!signal.aborted) this.failure = this.#failureOf(thrown);
    } finally {
      this.done = null;
    }
  };

  #failureOf(thrown: unknown): string {
    const isWrong = thrown instanceof ApiError && thrown.code === 'invalid_credentials';
    return isWrong ? this.#i18n.text.wrongPassword : errorText(thrown);
  }

  async #download(password: string, download: Download): Promise<void> {
    const scope = this.scope === 'selected' ? [...this.selected] : this.filter;
    if (this.format === 'secrets') {
      saveFile(await exportSecretTexts(password, scope, download), 'tokens.txt');
    } else {
      saveFile(await exportFacts(scope, this.format, download), `tokens.${this.format}`);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'export-dialog': ExportDialog;
  }
}
