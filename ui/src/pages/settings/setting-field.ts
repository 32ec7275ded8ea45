import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../../components/list-editor';
import { ListChangedEvent } from '../../components/list-editor';
import '../../components/status-pill';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import './order-editor';
import './secret-editor';
import { problemOf } from './setting-check';
import { SettingEditedEvent } from './setting-edited';
import type { SettingSpec } from './setting-spec';
import { optionName, settingTexts } from './setting-texts';

/** One setting: its name, what it does, its control, what is wrong with it. @fires setting-edited */
@customElement('setting-field')
export class SettingField extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
        padding: 0.875rem 0;
        border-top: 1px solid var(--line);
      }
      .control {
        display: grid;
        gap: 0.25rem;
        align-content: start;
        min-width: 0;
      }
      .valued {
        display: flex;
        gap: 0.5rem;
        align-items: center;
        white-space: nowrap;
      }
      .error {
        color: var(--alarm);
        font-size: 0.8125rem;
      }
      input[type='checkbox'] {
        width: 1.5rem;
        height: 1.5rem;
      }
      @media (min-width: 720px) {
        :host {
          grid-template-columns: minmax(0, 1fr) minmax(0, 20rem);
          gap: 1.5rem;
        }
      }
    `,
  ];

  @property({ attribute: false }) spec!: SettingSpec;
  @property({ attribute: false }) value: unknown = null;
  @property({ type: Boolean }) isChanged = false;
  /** What the gateway says. */
  @property() failure = '';
  @property({ type: Boolean }) disabled = false;
  readonly #i18n = new Localize(this, messages);
  readonly #texts = new Localize(this, settingTexts);

  override render() {
    const { text } = this.#i18n;
    const [name, hint] = this.#texts.text.settings[this.spec.path];
    const error = this.#error;
    return html`
      <div>
        <label for="control">
          <span>
            ${name}
            ${this.isChanged ? html`<status-pill tone="warn">${text.changed}</status-pill>` : nothing}
          </span>
        </label>
        <p class="hint" id="hint">${hint}</p>
        <p class="hint"><span class="mono">${this.spec.path}</span> ${this.#initial}</p>
      </div>
      <div class="control">
        ${this.#renderControl(name, error !== '')}
        ${error === '' ? nothing : html`<span class="error" role="alert">${error}</span>`}
      </div>
    `;
  }

  /** Brings it into sight and goes to its control. */
  show(): void {
    this.scrollIntoView({ block: 'center' });
    const control = this.renderRoot.querySelector('#control');
    if (control instanceof HTMLElement) control.focus({ preventScroll: true });
  }

  get #error(): string {
    const { text } = this.#i18n;
    const { control } = this.spec;
    const problem = this.isChanged ? problemOf(this.spec, this.value) : null;
    if (problem === null) return this.failure;
    if (control.kind === 'number') return text.numberWrong(control.least, control.most);
    if (problem === 'long') return text.tooLong('maxLength' in control ? control.maxLength : 0);
    return problem === 'number' ? '' : text.problems[problem];
  }

  /** The default, in words. */
  get #initial() {
    const { text } = this.#i18n;
    const { initial, control, unit } = this.spec;
    if (control.kind === 'secret') return nothing;
    const option = (value: unknown): string => optionName(this.#texts.text, String(value));
    const words = (): string => {
      if (typeof initial === 'boolean') return initial ? text.on : text.off;
      if (typeof initial === 'number') {
        return formatNumber(initial) + (unit === null ? '' : ` ${text.units[unit]}`);
      }
      if (Array.isArray(initial)) return initial.join(', ');
      return initial === '' ? text.empty : option(initial);
    };
    return `· ${text.initial(words())}`;
  }

  #renderControl(name: string, isWrong: boolean) {
    const { control } = this.spec;
    switch (control.kind) {
      case 'switch':
        return html`<input
          id="control"
          type="checkbox"
          role="switch"
          aria-describedby="hint"
          .checked=${this.value === true}
          ?disabled=${this.disabled}
          @change=${() => this.#tell(this.value !== true)}
        />`;
      case 'number':
        return this.#renderNumber(control.least, control.most, isWrong);
      case 'choice':
        return this.#renderChoice(control.options);
      case 'order':
        return html`<order-editor
          .options=${control.options}
          .items=${stringsOf(this.value)}
          .disabled=${this.disabled}
        ></order-editor>`;
      case 'list':
        return html`<list-editor
          .items=${stringsOf(this.value)}
          .label=${name}
          .placeholder=${this.#i18n.text.add}
          .disabled=${this.disabled}
          @list-changed=${(event: Event) => {
            if (event instanceof ListChangedEvent) this.#tell(event.items);
          }}
        ></list-editor>`;
      case 'text':
        return this.#renderText(control.maxLength, isWrong);
      case 'secret':
        return html`<secret-editor
          .value=${this.value}
          .label=${name}
          .maxLength=${control.maxLength}
          .disabled=${this.disabled}
        ></secret-editor>`;
    }
  }

  #renderNumber(least: number, most: number, isWrong: boolean) {
    const { unit } = this.spec;
    return html`
      <span class="valued">
        <input
          id="control"
          type="number"
          inputmode="numeric"
          min=${least}
          max=${most}
          step="1"
          aria-describedby="hint"
          aria-invalid=${isWrong ? 'true' : nothing}
          .value=${String(this.value)}
          ?disabled=${this.disabled}
          @input=${(event: Event) => {
            const typed = textOf(event);
            this.#tell(typed === '' ? '' : Number(typed));
          }}
        />
        ${unit === null ? nothing : html`<span class="muted small">${this.#i18n.text.units[unit]}</span>`}
      </span>
    `;
  }

  #renderChoice(options: readonly string[]) {
    return html`
      <select
        id="control"
        aria-describedby="hint"
        ?disabled=${this.disabled}
        @change=${(event: Event) => this.#tell(textOf(event))}
      >
        ${options.map(
          (option) => html`
            <option value=${option} .selected=${option === this.value}>
              ${optionName(this.#texts.text, option)}
            </option>
          `,
        )}
      </select>
    `;
  }

  #renderText(maxLength: number, isWrong: boolean) {
    const isZone = this.spec.path === 'app.time_zone';
    return html`
      <input
        id="control"
        maxlength=${maxLength}
        autocomplete="off"
        spellcheck="false"
        list=${isZone ? 'zones' : nothing}
        aria-describedby="hint"
        aria-invalid=${isWrong ? 'true' : nothing}
        .value=${String(this.value)}
        ?disabled=${this.disabled}
        @input=${(event: Event) => this.#tell(textOf(event))}
      />
      ${
        isZone
          ? html`<datalist id="zones">
              ${Intl.supportedValuesOf('timeZone').map(
                (zone) => html`<option value=${zone}></option>`,
              )}
            </datalist>`
          : nothing
      }
    `;
  }

  #tell(value: unknown): void {
    this.dispatchEvent(new SettingEditedEvent(value));
  }
}

function textOf({ target }: Event): string {
  const isControl = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
  return isControl ? target.value : '';
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

declare global {
  interface HTMLElementTagNameMap {
    'setting-field': SettingField;
  }
}
