import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { icon } from '../../components/icon';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';

/** What is to be imported has changed. */
export class SourceChangedEvent extends Event {
  constructor(
    readonly text: string,
    /** Null for text that was typed, empty for a pasted one that is too long to be shown. */
    readonly fileName: string | null,
  ) {
    super('source-changed', { bubbles: true, composed: true });
  }
}

/** A field with more text than this is laid out for seconds. */
const MAX_SHOWN_CHARS = 100_000;
const MAX_FILE_BYTES = 64 * 1_048_576;

/** Where credentials come from: typed, pasted, a file chosen or dropped. @fires source-changed */
@customElement('import-source')
export class ImportSource extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .drop {
        display: grid;
        gap: 0.5rem;
        padding: 0.75rem;
        border: 2px dashed var(--line);
        border-radius: var(--radius);
      }
      .drop.over {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      textarea {
        min-height: 10rem;
        font-family: var(--mono);
        font-size: 0.8125rem;
      }
    `,
  ];

  /** What the field shows first; what is typed is not written back. */
  @property() text = '';
  @property({ attribute: false }) fileName: string | null = null;
  @state() private isOver = false;
  @state() private failure = '';
  @query('input[type=file]') private file!: HTMLInputElement;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <div
        class="drop ${this.isOver ? 'over' : ''}"
        @dragover=${this.#over}
        @dragleave=${() => (this.isOver = false)}
        @drop=${this.#drop}
      >
        ${this.fileName === null ? this.#renderText() : this.#renderFile(this.fileName)}
        <div class="row">
          <button type="button" @click=${() => this.file.click()}>
            ${icon('upload')} ${text.chooseFile}
          </button>
          <span class="muted small">${text.dropHere}</span>
          <input
            type="file"
            hidden
            aria-label=${text.chooseFile}
            accept=".txt,.json,.ndjson,.jsonl,.csv,text/*,application/json"
            @change=${() => void this.#take(this.file.files)}
          />
        </div>
        ${this.failure === '' ? '' : html`<p role="alert">${this.failure}</p>`}
      </div>
    `;
  }

  #renderText() {
    const { text } = this.#i18n;
    return html`
      <label>
        ${text.credentials}
        <textarea
          name="credentials"
          spellcheck="false"
          autocomplete="off"
          autocapitalize="off"
          .value=${this.text}
          @input=${this.#typed}
          @paste=${this.#pasted}
        ></textarea>
        <span class="hint">${text.importHint}</span>
      </label>
    `;
  }

  #renderFile(name: string) {
    const { text } = this.#i18n;
    return html`
      <div class="row spread">
        <span>
          ${name === '' ? text.pasted(this.text.split('\n').length) : text.fileChosen(name)}
        </span>
        <button type="button" class="plain" @click=${() => this.#tell('', null)}>
          ${text.discardFile}
        </button>
      </div>
    `;
  }

  readonly #typed = (event: Event): void => {
    if (event.target instanceof HTMLTextAreaElement) this.#tell(event.target.value, null);
  };

  /** Many lines are taken as a file is: nobody reads them in a field. */
  readonly #pasted = (event: ClipboardEvent): void => {
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    if (pasted.length <= MAX_SHOWN_CHARS) return;
    event.preventDefault();
    this.#tell(this.text === '' ? pasted : `${this.text}\n${pasted}`, '');
  };

  readonly #over = (event: DragEvent): void => {
    event.preventDefault();
    this.isOver = true;
  };

  readonly #drop = (event: DragEvent): void => {
    event.preventDefault();
    this.isOver = false;
    void this.#take(event.dataTransfer?.files ?? null);
  };

  async #take(files: FileList | null): Promise<void> {
    const file = files?.[0];
    if (file === undefined) return;
    this.failure = file.size > MAX_FILE_BYTES ? this.#i18n.text.fileTooLarge : '';
    if (this.failure === '') this.#tell(await file.text(), file.name);
    this.file.value = '';
  }

  #tell(text: string, fileName: string | null): void {
    this.fileName = fileName;
    this.dispatchEvent(new SourceChangedEvent(text, fileName));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'import-source': ImportSource;
  }
}
