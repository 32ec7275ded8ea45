import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { readImageMethod } from '../../api/images';
import type { UsableModel } from '../../api/public-models';
import { queryValue, setQuery } from '../../app/router';
import { confirm } from '../../components/confirm';
import { icon } from '../../components/icon';
import '../../components/stat-card';
import { errorText } from '../../i18n/errors';
import { formatDuration, formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { apiKey } from '../../state/api-key';
import { KeyModels } from '../../state/key-models';
import { watchStore } from '../../state/store';
import { controls, shared } from '../../theme/shared';
import '../playground/model-bar';
import type { ModelChosenEvent } from '../playground/model-bar';
import './draw-form';
import type { DrawWantedEvent, DrawWish, ModeChosenEvent } from './draw-form';
import { type DrawMode, messages, MODES } from './messages';
import type { PictureRetriedEvent } from './picture-card';
import './picture-wall';
import { studio } from './studio';
import { figuresOf } from './wall';

/** Draws and edits pictures through the public API. */
@customElement('imagine-page')
export class ImaginePage extends LitElement {
  static override styles = [shared, controls];

  @state() private mode: DrawMode =
    MODES.find((mode) => mode === queryValue('mode')) ?? 'continuous';
  @state() private model = queryValue('model');
  readonly #i18n = new Localize(this, messages);
  readonly #models = new KeyModels(this, ['image', 'edit']);

  readonly #method = new Task(this, {
    args: () => [apiKey()] as const,
    task: async ([key], { signal }) => (key === '' ? null : readImageMethod(key, signal)),
  });

  constructor() {
    super();
    watchStore(this, studio);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    studio.attach();
  }

  override disconnectedCallback(): void {
    studio.detach();
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    const models = this.#models.list.filter((one) => fits(one, this.mode));
    const model = this.#models.choose(this.model, models)?.id ?? '';
    return html`
      <div class="stack">
        <div>
          <h1>${text.title}</h1>
          <p class="muted">${text.hint}</p>
        </div>
        <div class="card">
          <model-bar
            .models=${models}
            .failure=${this.#models.failure}
            .model=${model}
            @model-chosen=${({ model: id }: ModelChosenEvent) => this.#choose({ model: id })}
          ></model-bar>
          <draw-form
            .mode=${this.mode}
            .ready=${model !== ''}
            @mode-chosen=${({ mode }: ModeChosenEvent) => this.#choose({ mode })}
            @draw-wanted=${({ wish }: DrawWantedEvent) => this.#draw(wish, model)}
          >
            ${this.#renderButtons()}
          </draw-form>
          ${this.#renderMethod()}
        </div>
        ${this.#renderFigures()}
        <picture-wall
          .wall=${studio.wall}
          @picture-retried=${({ pictureId }: PictureRetriedEvent) => void studio.retry(pictureId)}
        ></picture-wall>
      </div>
    `;
  }

  #renderButtons() {
    const { text } = this.#i18n;
    return html`
      <button type="button" ?disabled=${!studio.isDrawing} @click=${() => studio.stop()}>
        ${icon('stop')} ${text.stop}
      </button>
      <button
        type="button"
        ?disabled=${studio.wall.length === 0}
        @click=${() => void this.#clear()}
      >
        ${icon('trash')} ${text.clear}
      </button>
    `;
  }

  #renderMethod() {
    const method = this.#method.value ?? null;
    return method === null
      ? nothing
      : html`<p class="muted small">${this.#i18n.text.method(method)}</p>`;
  }

  #renderFigures() {
    const { text } = this.#i18n;
    const { count, meanMs } = figuresOf(studio.wall);
    const { lastFailure } = studio;
    return html`
      <div class="cards">
        <stat-card
          label=${text.state}
          value=${studio.isDrawing ? text.drawing : text.idle}
          hint=${studio.line === 'open' ? text.lines(studio.openLines) : text.line[studio.line]}
          tone=${studio.line === 'waiting' ? 'warn' : 'neutral'}
        ></stat-card>
        <stat-card label=${text.pictures} value=${formatNumber(count)}></stat-card>
        <stat-card
          label=${text.mean}
          value=${meanMs === null ? '–' : formatDuration(meanMs)}
        ></stat-card>
      </div>
      ${
        lastFailure === null
          ? nothing
          : html`<p role="alert">${text.lastError}: ${errorText(lastFailure)}</p>`
      }
    `;
  }

  async #clear(): Promise<void> {
    const { text } = this.#i18n;
    const question = { heading: text.clear, body: text.clearBody, action: text.clear };
    if (await confirm({ ...question, isDangerous: true })) studio.clear();
  }

  #choose({ mode = this.mode, model = this.model }: { mode?: DrawMode; model?: string }): void {
    this.mode = mode;
    this.model = model;
    setQuery({ mode, model });
  }

  #draw({ mode, prompt, ratio, n, concurrency, originals }: DrawWish, model: string): void {
    if (mode === 'continuous' || mode === 'single') {
      studio.start({ prompt, aspect_ratio: ratio, mode, n, model }, concurrency);
    } else {
      void studio.draw({ prompt, model, n, size: ratio, concurrency }, originals);
    }
  }
}

function fits({ kind, isLive }: UsableModel, mode: DrawMode): boolean {
  if (mode === 'edit') return kind === 'edit';
  return kind === 'image' && (mode === 'request' || isLive);
}

declare global {
  interface HTMLElementTagNameMap {
    'imagine-page': ImaginePage;
  }
}
