import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { SettingEditedEvent } from './setting-edited';
import { optionName, settingTexts } from './setting-texts';

/** Chooses some of the options and their order. @fires setting-edited */
@customElement('order-editor')
export class OrderEditor extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      ol {
        display: grid;
        gap: 0.25rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
      }
      label {
        flex: 1 1 auto;
      }
      button {
        flex: none;
      }
    `,
  ];

  @property({ attribute: false }) options: readonly string[] = [];
  /** Those chosen, the first first. */
  @property({ attribute: false }) items: readonly string[] = [];
  @property({ type: Boolean }) disabled = false;
  readonly #i18n = new Localize(this, messages);
  readonly #texts = new Localize(this, settingTexts);

  override render() {
    const rest = this.options.filter((option) => !this.items.includes(option));
    return html`
      <ol>
        ${repeat(
          [...this.items, ...rest],
          (option) => option,
          (option) => this.#renderOption(option),
        )}
      </ol>
    `;
  }

  #renderOption(option: string) {
    const { text } = this.#i18n;
    const name = optionName(this.#texts.text, option);
    const place = this.items.indexOf(option);
    const move = (label: string, sign: string, to: number) => html`
      <button
        type="button"
        class="plain icon"
        aria-label=${label}
        ?disabled=${this.disabled || to < 0 || to >= this.items.length}
        @click=${() => this.#tell(this.items.with(place, this.items[to] ?? '').with(to, option))}
      >
        ${sign}
      </button>
    `;
    return html`
      <li>
        <label class="check">
          <input
            type="checkbox"
            .checked=${place >= 0}
            ?disabled=${this.disabled}
            @change=${() => this.#toggle(option)}
          />
          ${name}
        </label>
        ${
          place < 0
            ? nothing
            : html`${move(text.earlier(name), '↑', place - 1)}
              ${move(text.later(name), '↓', place + 1)}`
        }
      </li>
    `;
  }

  #toggle(option: string): void {
    const others = this.items.filter((item) => item !== option);
    this.#tell(others.length < this.items.length ? others : [...this.items, option]);
  }

  #tell(items: readonly string[]): void {
    this.dispatchEvent(new SettingEditedEvent(items));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'order-editor': OrderEditor;
  }
}
