import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { confirm } from '../../components/confirm';
import '../../components/empty-state';
import { icon } from '../../components/icon';
import '../../components/picture-viewer';
import type { ViewedPicture } from '../../components/picture-viewer';
import { Localize } from '../../i18n/localize';
import { KeyModels } from '../../state/key-models';
import { watchStore } from '../../state/store';
import { controls, shared } from '../../theme/shared';
import '../playground/model-bar';
import type { ModelChosenEvent } from '../playground/model-bar';
import './chat-composer';
import type { MessageWrittenEvent } from './chat-composer';
import './chat-options';
import type { OptionsChangedEvent } from './chat-options';
import type { PictureOpenedEvent } from './markdown-view';
import { messages } from './messages';
import './model-answer';
import { chatSession } from './session';
import type { Turn } from './turns';
import './user-message';
import type { MessageEditedEvent } from './user-message';

/** Closer to the end than this, a reader follows the answer. */
const FOLLOWED_PX = 160;

/** Talks to a model through the public API. */
@customElement('chat-page')
export class ChatPage extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .page {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        grid-template-rows: auto auto 1fr auto;
        gap: 1rem;
        min-height: calc(100dvh - 7.5rem);
      }
      .turns {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
        align-content: start;
        width: 100%;
        max-width: 56rem;
        margin: 0 auto;
      }
      chat-composer {
        position: sticky;
        z-index: 5;
        bottom: max(0.5rem, env(safe-area-inset-bottom));
        width: 100%;
        max-width: 56rem;
        margin: 0 auto;
      }
    `,
  ];

  @state() private opened: ViewedPicture | null = null;
  readonly #i18n = new Localize(this, messages);
  readonly #models = new KeyModels(this, ['chat', 'image', 'edit', 'video']);

  #isFollowing = true;

  constructor() {
    super();
    watchStore(this, chatSession);
  }

  override willUpdate(): void {
    const { scrollHeight } = document.documentElement;
    this.#isFollowing = scrollHeight - innerHeight - scrollY < FOLLOWED_PX;
  }

  override updated(): void {
    if (!this.#isFollowing || !chatSession.isSending) return;
    // Answers render after their page.
    requestAnimationFrame(() => scrollTo({ top: document.documentElement.scrollHeight }));
  }

  override render() {
    const { turns, options, isSending } = chatSession;
    const model = this.#models.choose(options.model)?.id ?? '';
    return html`
      <div class="page">
        ${this.#renderHead()}
        <div class="card">
          <model-bar
            .models=${this.#models.list}
            .failure=${this.#models.failure}
            .model=${model}
            @model-chosen=${({ model: id }: ModelChosenEvent) =>
              chatSession.setOptions({ model: id })}
          ></model-bar>
          <chat-options
            .options=${options}
            @options-changed=${({ change }: OptionsChangedEvent) => chatSession.setOptions(change)}
          ></chat-options>
        </div>
        ${this.#renderTurns(turns)}
        <chat-composer
          .ready=${model !== ''}
          .sending=${isSending}
          @message-written=${(event: MessageWrittenEvent) => this.#send(event)}
          @answer-stopped=${() => chatSession.stop()}
        ></chat-composer>
      </div>
      <picture-viewer
        .pictures=${this.opened === null ? [] : [this.opened]}
        .index=${this.opened === null ? -1 : 0}
        @picture-wanted=${() => (this.opened = null)}
      ></picture-viewer>
    `;
  }

  #renderHead() {
    const { text } = this.#i18n;
    return html`
      <div class="row spread">
        <div>
          <h1>${text.title}</h1>
          <p class="muted">${text.hint}</p>
        </div>
        <button type="button" ?disabled=${chatSession.turns.length === 0} @click=${this.#clear}>
          ${icon('trash')} ${text.clear}
        </button>
      </div>
    `;
  }

  #renderTurns(turns: readonly Turn[]) {
    const { text } = this.#i18n;
    if (turns.length === 0) {
      return html`<empty-state
        symbol="chat"
        heading=${text.empty}
        hint=${text.emptyHint}
      ></empty-state>`;
    }
    return html`
      <div
        class="turns"
        role="log"
        aria-label=${text.conversation}
        @picture-opened=${({ src, alt }: PictureOpenedEvent) => (this.opened = { src, alt })}
        @answer-retried=${() => chatSession.retry()}
        @message-edited=${({ turnId, text: words }: MessageEditedEvent) =>
          chatSession.resend(turnId, words)}
      >
        ${repeat(
          turns,
          ({ id }) => id,
          (turn, index) => this.#renderTurn(turn, index === turns.length - 1),
        )}
      </div>
    `;
  }

  #renderTurn(turn: Turn, isLast: boolean) {
    const busy = chatSession.isSending;
    return turn.role === 'user'
      ? html`<user-message .turn=${turn} .busy=${busy}></user-message>`
      : html`<model-answer .turn=${turn} .busy=${busy} .last=${isLast}></model-answer>`;
  }

  #send({ text, images }: MessageWrittenEvent): void {
    // As it is now: what was shown last may be a moment old, and what was kept may be gone.
    const model = this.#models.choose(chatSession.options.model);
    if (model === null) return;
    chatSession.setOptions({ model: model.id });
    chatSession.send(text, images);
    this.#isFollowing = true;
    requestAnimationFrame(() => scrollTo({ top: document.documentElement.scrollHeight }));
  }

  readonly #clear = async (): Promise<void> => {
    const { text } = this.#i18n;
    const question = { heading: text.clear, body: text.clearBody, action: text.clear };
    if (await confirm({ ...question, isDangerous: true })) chatSession.clear();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-page': ChatPage;
  }
}
