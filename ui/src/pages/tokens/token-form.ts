import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TokenItem } from '../../../../src/contract/tokens';
import { importTokens, updateTokens } from '../../api/tokens';
import '../../components/app-dialog';
import { DialogClosedEvent } from '../../components/app-dialog';
import { toast } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { targetOf, type TokenType, TYPES, typeOf } from './token-filter';
import { changesOf, readForm, type TokenEntry, uploadOf } from './token-entry';
import './type-select';
import type { TypeChosenEvent } from './type-select';

/** A token was added or changed. */
export class TokenSavedEvent extends Event {
  constructor() {
    super('token-saved', { bubbles: true, composed: true });
  }
}

const TIERS: readonly TokenType[] = ['sso', 'super', 'heavy'];

/** Adds one token, or changes what an operator may: pool, note, tags, figures. @fires token-saved @fires dialog-closed */
@customElement('token-form')
export class TokenForm extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .columns {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr));
      }
    `,
  ];

  /** Null to add one. */
  @property({ attribute: false }) item: TokenItem | null = null;
  @property({ attribute: false }) tags: readonly string[] = [];
  @state() private type: TokenType = 'sso';
  @state() private isBusy = false;
  @state() private failure = '';
  readonly #i18n = new Localize(this, messages);

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.item !== null) this.type = typeOf(this.item);
  }

  override render() {
    const { text } = this.#i18n;
    const { item } = this;
    return html`
      <app-dialog .heading=${item === null ? text.add : `${text.edit} ${item.token}`} modal guarded>
        <form id="form" class="stack" @submit=${this.#submit}>
          ${item === null ? this.#renderCredential() : nothing} ${this.#renderPool(item)}
          ${TIERS.includes(this.type) ? this.#renderFigures(item) : nothing}
          <label>
            ${text.note}
            <textarea name="note" maxlength="500" rows="2" .value=${item?.note ?? ''}></textarea>
          </label>
          ${this.#renderTags(item)}
          <label class="check">
            <input type="checkbox" name="disabled" .checked=${item?.status === 'disabled'} />
            ${text.disabled}
          </label>
          ${this.failure === '' ? nothing : html`<p role="alert">${this.failure}</p>`}
        </form>
        <button slot="footer" type="button" @click=${this.#close}>${text.cancel}</button>
        <button slot="footer" type="submit" form="form" class="primary" ?disabled=${this.isBusy}>
          ${item === null ? text.add : text.save}
        </button>
      </app-dialog>
    `;
  }

  #renderCredential() {
    return html`
      <label>
        ${this.#i18n.text.credential}
        <input
          name="credential"
          class="mono"
          required
          maxlength="8192"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
        />
      </label>
    `;
  }

  /** A key of an official API stays where it is: only accounts have tiers. */
  #renderPool(item: TokenItem | null) {
    if (item !== null && item.provider !== 'grok-web') return nothing;
    return html`
      <type-select
        .type=${this.type}
        .types=${item === null ? TYPES : TIERS}
        @type-chosen=${(event: TypeChosenEvent) => (this.type = event.chosen)}
      ></type-select>
    `;
  }

  #renderFigures(item: TokenItem | null) {
    const { text } = this.#i18n;
    const field = (name: string, label: string, value: number | null | undefined) => html`
      <label>
        ${label}
        <input
          type="number"
          name=${name}
          min="-1"
          step="1"
          inputmode="numeric"
          .value=${value === null || value === undefined ? '' : String(value)}
        />
      </label>
    `;
    return html`
      <div class="columns">
        ${field('quota', `${text.quota}: ${text.chatQuota}`, item?.quota)}
        ${
          this.type === 'sso'
            ? nothing
            : field('heavyQuota', `${text.quota}: ${text.heavyQuota}`, item?.heavy_quota)
        }
      </div>
      <p class="hint">${text.quotaHint} ${text.leaveEmpty}</p>
    `;
  }

  #renderTags(item: TokenItem | null) {
    const { text } = this.#i18n;
    return html`
      <label>
        ${text.tags}
        <input name="tags" autocomplete="off" list="tags" .value=${item?.tags.join(', ') ?? ''} />
        <span class="hint">${text.tagsHint}</span>
      </label>
      <datalist id="tags">${this.tags.map((tag) => html`<option value=${tag}></option>`)}</datalist>
    `;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const entry = readForm(event.target);
    this.isBusy = true;
    this.failure = '';
    try {
      const refusal = this.item === null ? await this.#add(entry) : await this.#save(entry);
      this.failure = refusal;
      if (refusal !== '') return;
      this.dispatchEvent(new TokenSavedEvent());
      this.#close();
    } catch (thrown) {
      this.failure = errorText(thrown);
    } finally {
      this.isBusy = false;
    }
  };

  /** @returns why it was not added; empty when it was. */
  async #add(entry: TokenEntry): Promise<string> {
    const { text } = this.#i18n;
    const batch = { items: [uploadOf(entry)], target: targetOf(this.type), isDry: false };
    const summary = await importTokens(batch, () => undefined, new AbortController().signal);
    const [invalid] = summary.invalid;
    if (invalid !== undefined) return text.reasons[invalid.reason];
    if (summary.added === 0) return text.alreadyThere;
    toast(text.addedOne);
    return '';
  }

  async #save(entry: TokenEntry): Promise<string> {
    if (this.item === null) return '';
    const changes = changesOf(this.item, entry, targetOf(this.type).tier);
    if (Object.keys(changes).length > 0) await updateTokens([this.item.id], changes);
    toast(this.#i18n.text.saved);
    return '';
  }

  readonly #close = (): void => {
    this.dispatchEvent(new DialogClosedEvent());
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'token-form': TokenForm;
  }
}
