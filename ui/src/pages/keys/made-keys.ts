import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { NewKey } from '../../api/keys';
import '../../components/app-dialog';
import type { AppDialog } from '../../components/app-dialog';
import '../../components/copy-button';
import { csvRow } from '../../components/csv';
import { icon } from '../../components/icon';
import { saveFile } from '../../components/save-file';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';

/** Shows keys just made, once; asks before it is closed with keys that nobody has copied. @fires dialog-closed */
@customElement('made-keys')
export class MadeKeys extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      code {
        display: block;
        padding: 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--ground);
        font-family: var(--mono);
        font-size: 0.8125rem;
        overflow-wrap: anywhere;
        user-select: all;
      }
      textarea {
        min-height: 12rem;
        font-family: var(--mono);
        font-size: 0.8125rem;
      }
    `,
  ];

  @property({ attribute: false }) keys: readonly NewKey[] = [];
  /** Copied or downloaded: closing loses nothing. */
  @state() private isTaken = false;
  @query('app-dialog') private dialog!: AppDialog;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const [only] = this.keys;
    return html`
      <app-dialog
        .heading=${text.madeTitle(this.keys.length)}
        .question=${this.isTaken ? '' : text.notTaken}
        modal
      >
        <div class="stack" @copied=${this.#taken} @copy=${this.#taken}>
          <p>${text.madeHint}</p>
          ${this.keys.length === 1 && only !== undefined ? this.#renderOne(only) : this.#renderAll()}
        </div>
        <button
          slot="footer"
          type="button"
          class="primary"
          @click=${() => this.dialog.requestClose()}
        >
          ${text.close}
        </button>
      </app-dialog>
    `;
  }

  #renderOne({ key }: NewKey) {
    const line = `curl ${location.origin}/v1/models -H "Authorization: Bearer ${key}"`;
    return html`
      <code class="key">${key}</code>
      <copy-button wide .value=${key}></copy-button>
      <div class="stack">
        <div class="row spread">
          <h3>${this.#i18n.text.tryIt}</h3>
          <copy-button .value=${line}></copy-button>
        </div>
        <code>${line}</code>
      </div>
    `;
  }

  #renderAll() {
    const { text } = this.#i18n;
    const lines = this.keys.map(({ key }) => key).join('\n');
    return html`
      <textarea class="mono" readonly aria-label=${text.allKeys} .value=${lines}></textarea>
      <div class="row">
        <copy-button wide .value=${lines}></copy-button>
        <button type="button" @click=${this.#download}>${icon('download')} ${text.download}</button>
      </div>
    `;
  }

  readonly #taken = (): void => {
    this.isTaken = true;
  };

  /** A table of names and keys. */
  readonly #download = (): void => {
    const lines = [['name', 'key'], ...this.keys.map(({ name, key }) => [name, key])];
    saveFile(new Blob(lines.map(csvRow), { type: 'text/csv' }), 'api-keys.csv');
    this.#taken();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'made-keys': MadeKeys;
  }
}
