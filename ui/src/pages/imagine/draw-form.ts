import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../../components/picture-picker';
import type { PicturePicker, PicturesChangedEvent } from '../../components/picture-picker';
import { picturesOf } from '../../components/picture-file';
import { Localize } from '../../i18n/localize';
import { keep, readKept, textOf } from '../../state/tab-store';
import { controls, shared } from '../../theme/shared';
import { type DrawMode, messages, MODES } from './messages';

/** What is to be drawn, and how. */
export interface DrawWish {
  readonly mode: DrawMode;
  readonly prompt: string;
  readonly ratio: string;
  readonly n: number;
  readonly concurrency: number;
  /** `data:` URIs. */
  readonly originals: readonly string[];
}

/** A wish was written. */
export class DrawWantedEvent extends Event {
  constructor(readonly wish: DrawWish) {
    super('draw-wanted', { bubbles: true, composed: true });
  }
}

/** Another way of drawing was chosen: other models fit. */
export class ModeChosenEvent extends Event {
  constructor(readonly mode: DrawMode) {
    super('mode-chosen', { bubbles: true, composed: true });
  }
}

const RATIOS = ['2:3', '3:2', '1:1', '9:16', '16:9'] as const;
const COUNTS = [1, 2, 3, 4, 6, 8, 10] as const;
const MAX_ORIGINALS = 8;

/** The prompt as it is written, over other pages and a reload. */
const DRAFT = 'imagine-draft';

/** Prompt and choices. @fires draw-wanted @fires mode-chosen @slot - more buttons */
@customElement('draw-form')
export class DrawForm extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      textarea {
        min-height: 4.5rem;
      }
      .choices {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr));
        gap: 0.75rem;
      }
    `,
  ];

  @property() mode: DrawMode = 'continuous';
  /** There is a key and a model. */
  @property({ type: Boolean }) ready = false;
  @state() private originals: readonly string[] = [];
  @state() private prompt = textOf(readKept(DRAFT));
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const isSession = this.mode === 'continuous' || this.mode === 'single';
    const isEdit = this.mode === 'edit';
    const lacks = this.prompt.trim() === '' || (isEdit && this.originals.length === 0);
    return html`
      <form class="stack" @submit=${this.#submit} @paste=${this.#pasted}>
        ${this.#renderMode()}
        <label>
          ${text.prompt}
          <textarea
            name="prompt"
            maxlength="8000"
            placeholder=${text.promptHint}
            .value=${this.prompt}
            @input=${this.#typed}
            @keydown=${this.#key}
          ></textarea>
        </label>
        ${isEdit ? this.#renderOriginals() : nothing}
        <div class="choices">
          ${this.#renderSelect('ratio', text.ratio, isEdit ? ['', ...RATIOS] : RATIOS, text.ratioFree)}
          ${this.#renderSelect('n', isSession ? text.perBatch : text.count, COUNTS, '')}
          ${this.#renderSelect(
            'concurrency',
            isSession ? text.sessions : text.concurrency,
            [1, 2, 3],
            '',
          )}
        </div>
        <div class="row">
          <button class="primary" ?disabled=${!this.ready || lacks}>
            ${isSession ? text.start : text.draw}
          </button>
          <slot></slot>
        </div>
      </form>
    `;
  }

  #renderMode() {
    const { text } = this.#i18n;
    return html`
      <label>
        ${text.mode}
        <select @change=${this.#choose}>
          ${MODES.map(
            (mode) => html`
              <option value=${mode} ?selected=${mode === this.mode}>${text.modes[mode]}</option>
            `,
          )}
        </select>
        <span class="hint">${text.modeHints[this.mode]}</span>
      </label>
    `;
  }

  #renderSelect(name: string, label: string, values: readonly (string | number)[], none: string) {
    // A batch is of four when nothing else is said.
    const first = name === 'n' ? 4 : values[0];
    return html`
      <label>
        ${label}
        <select name=${name}>
          ${values.map(
            (value) => html`
              <option value=${value} ?selected=${value === first}>
                ${value === '' ? none : value}
              </option>
            `,
          )}
        </select>
      </label>
    `;
  }

  #renderOriginals() {
    const { text } = this.#i18n;
    return html`
      <div class="field">
        ${text.originals}
        <picture-picker
          label=${text.addOriginal}
          max=${MAX_ORIGINALS}
          .pictures=${this.originals}
          @pictures-changed=${({ pictures }: PicturesChangedEvent) => (this.originals = pictures)}
        ></picture-picker>
      </div>
    `;
  }

  readonly #choose = ({ target }: Event): void => {
    if (!(target instanceof HTMLSelectElement)) return;
    const mode = MODES.find((known) => known === target.value);
    if (mode !== undefined) this.dispatchEvent(new ModeChosenEvent(mode));
  };

  readonly #typed = ({ target }: Event): void => {
    if (!(target instanceof HTMLTextAreaElement)) return;
    this.prompt = target.value;
    keep(DRAFT, this.prompt);
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.renderRoot.querySelector('form')?.requestSubmit();
  };

  readonly #pasted = (event: ClipboardEvent): void => {
    const files = picturesOf(event.clipboardData);
    const picker = this.renderRoot.querySelector<PicturePicker>('picture-picker');
    if (files.length === 0 || picker === null) return;
    event.preventDefault();
    void picker.add(files);
  };

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!this.ready || !(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const number = (name: string): number => Number(form.get(name) ?? 1);
    const ratio = form.get('ratio');
    const prompt = this.prompt.trim();
    const originals = this.mode === 'edit' ? this.originals : [];
    if (prompt === '' || (this.mode === 'edit' && originals.length === 0)) return;
    this.dispatchEvent(
      new DrawWantedEvent({
        mode: this.mode,
        prompt,
        originals,
        ratio: typeof ratio === 'string' ? ratio : '',
        n: number('n'),
        concurrency: number('concurrency'),
      }),
    );
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'draw-form': DrawForm;
  }
}
