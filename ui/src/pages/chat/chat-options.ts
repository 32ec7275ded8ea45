import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { type ChatOptions, EFFORTS } from './session';

/** Answers are to be asked for in another way. */
export class OptionsChangedEvent extends Event {
  constructor(readonly change: Partial<ChatOptions>) {
    super('options-changed', { bubbles: true, composed: true });
  }
}

/** System prompt, streaming, temperature, reasoning. @fires options-changed */
@customElement('chat-options')
export class ChatOptionsForm extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      summary {
        padding: calc((var(--control) - 1.5em) / 2) 0;
        font-weight: 600;
        cursor: pointer;
      }
      textarea {
        min-height: 5rem;
      }
    `,
  ];

  @property({ attribute: false }) options!: ChatOptions;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const { system, isStreamed } = this.options;
    return html`
      <details>
        <summary>${text.options}</summary>
        <div class="stack">
          <label>
            ${text.system}
            <textarea
              .value=${system}
              @change=${(event: Event) => this.#tell({ system: valueOf(event) })}
            ></textarea>
            <span class="hint">${text.systemHint}</span>
          </label>
          <div class="columns">
            ${this.#renderTemperature()} ${this.#renderEffort()}
            <label class="check">
              <input
                type="checkbox"
                .checked=${isStreamed}
                @change=${() => this.#tell({ isStreamed: !isStreamed })}
              />
              ${text.stream}
            </label>
          </div>
        </div>
      </details>
    `;
  }

  #renderTemperature() {
    const { text } = this.#i18n;
    const { temperature } = this.options;
    return html`
      <label>
        ${text.temperature}
        <input
          type="number"
          min="0"
          max="2"
          step="0.1"
          inputmode="decimal"
          .value=${temperature === null ? '' : String(temperature)}
          @change=${(event: Event) => this.#tell({ temperature: temperatureOf(valueOf(event)) })}
        />
        <span class="hint">${text.temperatureHint}</span>
      </label>
    `;
  }

  #renderEffort() {
    const { text } = this.#i18n;
    return html`
      <label>
        ${text.effort}
        <select
          @change=${(event: Event) =>
            this.#tell({ effort: EFFORTS.find((effort) => effort === valueOf(event)) ?? '' })}
        >
          ${EFFORTS.map(
            (effort) => html`
              <option value=${effort} ?selected=${effort === this.options.effort}>
                ${text.efforts[effort]}
              </option>
            `,
          )}
        </select>
      </label>
    `;
  }

  #tell(change: Partial<ChatOptions>): void {
    this.dispatchEvent(new OptionsChangedEvent(change));
  }
}

function valueOf({ target }: Event): string {
  return target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
    ? target.value
    : '';
}

function temperatureOf(text: string): number | null {
  const value = Number(text);
  return text === '' || !Number.isFinite(value) ? null : Math.min(2, Math.max(0, value));
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-options': ChatOptionsForm;
  }
}
