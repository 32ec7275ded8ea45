import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../../components/copy-button';
import { icon } from '../../components/icon';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import './markdown-view';
import { messages } from './messages';
import { type AnswerTurn, answerTurn } from './turns';

/** The last answer is to be asked for once more. */
export class AnswerRetriedEvent extends Event {
  constructor() {
    super('answer-retried', { bubbles: true, composed: true });
  }
}

/** What a model said, its reasoning folded. @fires answer-retried @fires picture-opened */
@customElement('model-answer')
export class ModelAnswer extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .answer {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
      }
      summary {
        padding: calc((var(--control) - 1.5em) / 2) 0;
        color: var(--muted);
        font-size: 0.875rem;
        cursor: pointer;
      }
      .reasoning {
        max-height: 20rem;
        padding: 0.625rem 0.875rem;
        overflow-y: auto;
        border-inline-start: 3px solid var(--line);
        color: var(--muted);
        font-size: 0.875rem;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      ol {
        margin: 0;
        padding-inline-start: 1.5rem;
        font-size: 0.875rem;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) turn: AnswerTurn = answerTurn('');
  /** The last of the conversation: it can be asked for again. */
  @property({ type: Boolean }) last = false;
  /** An answer is under way, this or another. */
  @property({ type: Boolean }) busy = false;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { turn } = this;
    const { text } = this.#i18n;
    return html`
      <div
        class="answer"
        role="group"
        aria-label=${turn.model}
        aria-busy=${turn.state === 'sending'}
      >
        <span class="mono muted">${turn.model}</span>
        ${turn.reasoning === '' ? nothing : this.#renderReasoning()}
        ${turn.text === '' ? nothing : html`<markdown-view .text=${turn.text}></markdown-view>`}
        ${turn.sources.length === 0 ? nothing : this.#renderSources()} ${this.#renderState()}
        <div class="row spread">
          <span class="muted small number">${this.#figures()}</span>
          <div class="row">
            <copy-button .value=${turn.text}></copy-button>
            ${
              this.last
                ? html`<button
                    type="button"
                    ?disabled=${this.busy}
                    @click=${() => this.dispatchEvent(new AnswerRetriedEvent())}
                  >
                    ${icon('refresh')} ${text.retry}
                  </button>`
                : nothing
            }
          </div>
        </div>
      </div>
    `;
  }

  #renderReasoning() {
    const { text } = this.#i18n;
    const { reasoning, state, text: words } = this.turn;
    const isThinking = state === 'sending' && words === '';
    return html`
      <details>
        <summary>${isThinking ? text.thinking : text.reasoning}</summary>
        <div class="reasoning" tabindex="0">${reasoning}</div>
      </details>
    `;
  }

  #renderSources() {
    const { text } = this.#i18n;
    const { sources } = this.turn;
    return html`
      <details>
        <summary>${text.sources(sources.length)}</summary>
        <ol>
          ${sources
            .filter(({ url }) => /^https?:\/\//i.test(url))
            .map(
              ({ url, title }) => html`
                <li>
                  <a href=${url} target="_blank" rel="noopener noreferrer">${title || url}</a>
                </li>
              `,
            )}
        </ol>
      </details>
    `;
  }

  #renderState() {
    const { text } = this.#i18n;
    const { state, failure, text: words } = this.turn;
    switch (state) {
      case 'failed':
        return html`<p role="alert">${errorText(failure)}</p>`;
      case 'stopped':
        return html`<p class="muted small">${text.stopped}</p>`;
      case 'sending':
        return words === '' ? html`<p class="muted" role="status">${text.writing}</p>` : nothing;
      case 'done':
        return words === '' ? html`<p class="muted">${text.noWords}</p>` : nothing;
    }
  }

  #figures(): string {
    const { text } = this.#i18n;
    const { usage, firstMs, totalMs } = this.turn;
    return [
      firstMs === null ? null : text.firstWord(firstMs),
      totalMs === null ? null : text.total(totalMs),
      usage === null ? null : text.usage(usage.prompt_tokens, usage.completion_tokens),
    ]
      .filter((figure) => figure !== null)
      .join(' · ');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'model-answer': ModelAnswer;
  }
}
