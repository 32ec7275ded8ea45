import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { VideoPreset, VideoRatio, VideoResolution } from '../../../../src/contract/videos';
import type { VideoAsk } from '../../api/videos';
import { picturesOf } from '../../components/picture-file';
import '../../components/picture-picker';
import type { PicturePicker, PicturesChangedEvent } from '../../components/picture-picker';
import { Localize } from '../../i18n/localize';
import { keep, readKept, textOf } from '../../state/tab-store';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';

/** A video was described; its model is for the page to say. */
export class VideoWantedEvent extends Event {
  constructor(readonly wish: Omit<VideoAsk, 'model'>) {
    super('video-wanted', { bubbles: true, composed: true });
  }
}

const SECONDS = [5, 6, 8, 10, 12, 15] as const;
const FIRST_SECONDS = 6;
const RATIOS = ['2:3', '3:2', '1:1', '9:16', '16:9'] as const satisfies VideoRatio[];
const RESOLUTIONS = ['720p', '480p'] as const satisfies VideoResolution[];
const PRESETS = ['normal', 'fun', 'spicy', 'custom'] as const satisfies VideoPreset[];

/** The prompt as it is written, over other pages and a reload. */
const DRAFT = 'video-draft';

/** Prompt and choices. @fires video-wanted */
@customElement('video-form')
export class VideoForm extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      textarea {
        min-height: 4.5rem;
      }
      .choices {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 8rem), 1fr));
        gap: 0.75rem;
      }
      .row > button {
        min-width: 9rem;
      }
    `,
  ];

  /** There is a key and a model. */
  @property({ type: Boolean }) ready = false;
  /** A video is being asked for. */
  @property({ type: Boolean }) busy = false;
  @state() private prompt = textOf(readKept(DRAFT));
  @state() private reference: readonly string[] = [];
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const canSend = this.ready && !this.busy && this.prompt.trim() !== '';
    return html`
      <form class="stack" @submit=${this.#submit} @paste=${this.#pasted}>
        <label>
          ${text.prompt}
          <textarea
            name="prompt"
            maxlength="8000"
            placeholder=${text.promptHint}
            .value=${this.prompt}
            @input=${this.#typed}
          ></textarea>
        </label>
        <div class="choices">
          ${this.#renderSelect('ratio', text.ratio, RATIOS, '3:2')}
          ${this.#renderSelect('seconds', text.seconds, SECONDS, FIRST_SECONDS)}
          ${this.#renderSelect('resolution', text.resolution, RESOLUTIONS, '720p')}
          ${this.#renderSelect('preset', text.preset, PRESETS, 'normal', text.presets)}
        </div>
        <div class="field">
          ${text.reference}
          <picture-picker
            label=${text.addReference}
            .pictures=${this.reference}
            @pictures-changed=${({ pictures }: PicturesChangedEvent) => (this.reference = pictures)}
          ></picture-picker>
        </div>
        <div class="row">
          <button class="primary" aria-busy=${this.busy} ?disabled=${!canSend}>
            ${this.busy ? text.creating : text.create}
          </button>
        </div>
      </form>
    `;
  }

  #renderSelect(
    name: string,
    label: string,
    values: readonly (string | number)[],
    first: string | number,
    words: Readonly<Record<string, string>> = {},
  ) {
    return html`
      <label>
        ${label}
        <select name=${name}>
          ${values.map(
            (value) => html`
              <option value=${value} ?selected=${value === first}>${words[value] ?? value}</option>
            `,
          )}
        </select>
      </label>
    `;
  }

  readonly #typed = ({ target }: Event): void => {
    if (!(target instanceof HTMLTextAreaElement)) return;
    this.prompt = target.value;
    keep(DRAFT, this.prompt);
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
    if (!(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const chosen = <T>(values: readonly T[], name: string): T | undefined =>
      values.find((value) => String(value) === form.get(name));
    const [reference] = this.reference;
    this.dispatchEvent(
      new VideoWantedEvent({
        prompt: this.prompt.trim(),
        seconds: chosen(SECONDS, 'seconds') ?? FIRST_SECONDS,
        aspect_ratio: chosen(RATIOS, 'ratio') ?? '3:2',
        resolution: chosen(RESOLUTIONS, 'resolution') ?? '720p',
        preset: chosen(PRESETS, 'preset') ?? 'normal',
        ...(reference === undefined ? {} : { input_reference: reference }),
      }),
    );
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'video-form': VideoForm;
  }
}
