import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ModelKind, UsableModel } from '../../api/public-models';
import '../../components/key-field';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { apiKey } from '../../state/api-key';
import { controls, shared } from '../../theme/shared';

/** Another model is to be used. */
export class ModelChosenEvent extends Event {
  constructor(readonly model: string) {
    super('model-chosen', { bubbles: true, composed: true });
  }
}

const KINDS = ['chat', 'image', 'edit', 'video'] as const;

const messages = {
  en: {
    model: 'Model',
    none: 'No model',
    needsKey: 'Enter an API key to see its models.',
    noModels: 'This key can use no model of this kind at the moment.',
    waiting: 'not at the moment',
    kinds: { chat: 'Chat', image: 'Images', edit: 'Image edits', video: 'Video' },
  },
  zh: {
    model: '模型',
    none: '无模型',
    needsKey: '输入 API 密钥后显示可用模型。',
    noModels: '此密钥目前没有可用的此类模型。',
    waiting: '暂不可用',
    kinds: { chat: '对话', image: '绘图', edit: '改图', video: '视频' },
  },
};

/** Whose key and which model a playground uses. @fires model-chosen */
@customElement('model-bar')
export class ModelBar extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .columns {
        align-items: start;
      }
    `,
  ];

  @property({ attribute: false }) models: readonly UsableModel[] = [];
  @property() model = '';
  /** Why there is no list of models. */
  @property({ attribute: false }) failure: unknown = null;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    return html`
      <div class="columns">
        <key-field></key-field>
        <label>
          ${text.model}
          <select ?disabled=${this.models.length === 0} @change=${this.#choose}>
            ${
              this.models.length === 0
                ? html`<option value="">${text.none}</option>`
                : KINDS.map((kind) => this.#renderKind(kind))
            }
          </select>
          ${this.#renderHint()}
        </label>
      </div>
    `;
  }

  #renderKind(kind: ModelKind) {
    const { text } = this.#i18n;
    const models = this.models.filter((model) => model.kind === kind);
    if (models.length === 0) return nothing;
    const options = models.map(
      ({ id, isWaiting }) => html`
        <option value=${id} .selected=${id === this.model}>
          ${id}${isWaiting ? ` · ${text.waiting}` : nothing}
        </option>
      `,
    );
    if (models.length === this.models.length) return options;
    return html`<optgroup label=${text.kinds[kind]}>${options}</optgroup>`;
  }

  #renderHint() {
    const { text } = this.#i18n;
    if (this.failure !== null) return html`<span role="alert">${errorText(this.failure)}</span>`;
    if (this.models.length > 0) return nothing;
    return html`<span class="hint">${apiKey() === '' ? text.needsKey : text.noModels}</span>`;
  }

  readonly #choose = (event: Event): void => {
    if (!(event.target instanceof HTMLSelectElement)) return;
    this.dispatchEvent(new ModelChosenEvent(event.target.value));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'model-bar': ModelBar;
  }
}
