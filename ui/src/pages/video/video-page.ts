import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { queryValue, setQuery } from '../../app/router';
import { confirm } from '../../components/confirm';
import '../../components/empty-state';
import { icon } from '../../components/icon';
import { toast, toastError } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { apiKey } from '../../state/api-key';
import { KeyModels } from '../../state/key-models';
import { watchStore } from '../../state/store';
import { controls, shared } from '../../theme/shared';
import '../playground/model-bar';
import type { ModelChosenEvent } from '../playground/model-bar';
import { messages } from './messages';
import './video-card';
import type { VideoRemovedEvent } from './video-card';
import { VideoDesk } from './video-desk';
import './video-form';
import type { VideoWantedEvent } from './video-form';

/** Makes videos through the public API, and shows those of the key. */
@customElement('video-page')
export class VideoPage extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .videos {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr));
        gap: 1rem;
        align-items: start;
      }
    `,
  ];

  @state() private model = queryValue('model');
  @state() private isAsking = false;
  readonly #i18n = new Localize(this, messages);
  readonly #models = new KeyModels(this, ['video']);
  readonly #desk = new VideoDesk();
  readonly #keyChanged = (): void => this.#desk.show();

  constructor() {
    super();
    watchStore(this, this.#desk);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('api-key-changed', this.#keyChanged);
    this.#desk.show();
  }

  override disconnectedCallback(): void {
    window.removeEventListener('api-key-changed', this.#keyChanged);
    this.#desk.hide();
    super.disconnectedCallback();
  }

  override render() {
    const { text } = this.#i18n;
    const model = this.#models.choose(this.model)?.id ?? '';
    const { failure } = this.#desk;
    return html`
      <div class="stack">
        <div>
          <h1>${text.title}</h1>
          <p class="muted">${text.hint}</p>
        </div>
        <div class="card">
          <model-bar
            .models=${this.#models.list}
            .failure=${this.#models.failure}
            .model=${model}
            @model-chosen=${({ model: id }: ModelChosenEvent) => this.#choose(id)}
          ></model-bar>
          <video-form
            .ready=${model !== ''}
            .busy=${this.isAsking}
            @video-wanted=${(event: VideoWantedEvent) => void this.#create(event, model)}
          ></video-form>
        </div>
        ${
          failure === null || this.#models.failure !== null
            ? nothing
            : html`<p role="alert">${errorText(failure)}</p>`
        }
        ${this.#renderList()}
      </div>
    `;
  }

  #renderList() {
    const { text } = this.#i18n;
    const { videos, hasMore, isLoading } = this.#desk;
    if (videos.length === 0) {
      return isLoading
        ? nothing
        : html`<empty-state
            symbol="video"
            heading=${text.empty}
            hint=${text.emptyHint}
          ></empty-state>`;
    }
    return html`
      <div class="row spread">
        <h2>${text.videos}</h2>
        <button type="button" ?disabled=${isLoading} @click=${() => void this.#desk.load()}>
          ${icon('refresh')} ${text.refresh}
        </button>
      </div>
      <div
        class="videos"
        @video-removed=${({ videoId }: VideoRemovedEvent) => void this.#remove(videoId)}
      >
        ${repeat(
          videos,
          ({ id }) => id,
          (video) => html`<video-card .video=${video}></video-card>`,
        )}
      </div>
      ${
        hasMore
          ? html`<button
              type="button"
              ?disabled=${isLoading}
              @click=${() => void this.#desk.load(videos.at(-1)?.id)}
            >
              ${text.more}
            </button>`
          : nothing
      }
    `;
  }

  #choose(model: string): void {
    this.model = model;
    setQuery({ model });
  }

  async #create({ wish }: VideoWantedEvent, model: string): Promise<void> {
    if (this.isAsking || apiKey() === '') return;
    this.isAsking = true;
    try {
      await this.#desk.create({ ...wish, model });
    } catch (thrown) {
      toastError(thrown);
    } finally {
      this.isAsking = false;
    }
  }

  async #remove(id: string): Promise<void> {
    const { text } = this.#i18n;
    const question = { heading: text.remove, body: text.removeBody, action: text.remove };
    if (!(await confirm({ ...question, isDangerous: true }))) return;
    try {
      await this.#desk.remove(id);
      toast(text.removed);
    } catch (thrown) {
      toastError(thrown);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'video-page': VideoPage;
  }
}
