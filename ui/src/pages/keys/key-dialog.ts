import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { KeyItem } from '../../../../src/contract/keys';
import { ApiError } from '../../api/call';
import { createKey, createKeys, editKey, type NewKey } from '../../api/keys';
import { readModels } from '../../api/models';
import { DialogClosedEvent } from '../../components/app-dialog';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import {
  changesOf,
  draftOf,
  EMPTY_DRAFT,
  fieldOfParam,
  fieldsOf,
  type KeyDraft,
  linesOf,
  RANGES,
  wrongNumbers,
} from './key-draft';
import {
  type Fields,
  fieldStyles,
  renderBatch,
  renderKnown,
  renderLimits,
  renderNew,
  renderRules,
} from './key-fields';
import { messages } from './messages';

/** What was asked for is done; `made` holds the keys that were made, none after an edit. */
export class KeySavedEvent extends Event {
  constructor(readonly made: readonly NewKey[]) {
    super('key-saved', { bubbles: true, composed: true });
  }
}

const MAX_COUNT = 1_000;

/** Makes a key, several, or edits one. @fires key-saved @fires dialog-closed */
@customElement('key-dialog')
export class KeyDialog extends LitElement {
  static override styles = [shared, controls, fieldStyles];

  @property() mode: 'create' | 'batch' | 'edit' = 'create';
  /** The one to edit. */
  @property({ attribute: false }) key: KeyItem | null = null;
  @state() private draft: KeyDraft = EMPTY_DRAFT;
  @state() private count = '10';
  @state() private errors: ReadonlyMap<string, string> = new Map();
  @state() private isBusy = false;
  readonly #i18n = new Localize(this, messages);

  // Suggestions only: without them a name can still be typed.
  readonly #models = new Task(this, {
    args: () => [] as const,
    task: async (_, { signal }) => {
      const models = await readModels(signal).catch(() => []);
      return [...new Set(models.map(({ id }) => id))].sort();
    },
  });

  override willUpdate(): void {
    if (!this.hasUpdated && this.key !== null) this.draft = draftOf(this.key);
  }

  override render() {
    const { text } = this.#i18n;
    const general = this.errors.get('');
    return html`
      <app-dialog .heading=${this.#heading} guarded>
        <form id="form" class="stack" novalidate @submit=${this.#submit}>
          ${this.#renderFields()}
          ${general === undefined ? nothing : html`<p role="alert">${general}</p>`}
        </form>
        <button
          slot="footer"
          type="button"
          @click=${() => this.dispatchEvent(new DialogClosedEvent())}
        >
          ${text.cancel}
        </button>
        <button slot="footer" form="form" class="primary" ?disabled=${this.isBusy}>
          ${this.mode === 'edit' ? text.save : text.create}
        </button>
      </app-dialog>
    `;
  }

  get #heading(): string {
    const { text } = this.#i18n;
    if (this.mode === 'edit') return text.editTitle(this.key?.name ?? '');
    return this.mode === 'batch' ? text.createManyTitle : text.createTitle;
  }

  #renderFields() {
    const fields: Fields = {
      text: this.#i18n.text,
      draft: this.draft,
      errors: this.errors,
      models: this.#models.value ?? [],
      change: (part) => (this.draft = { ...this.draft, ...part }),
    };
    return html`${this.#renderNames(fields)} ${renderLimits(fields)} ${renderRules(fields)}`;
  }

  #renderNames(fields: Fields) {
    switch (this.mode) {
      case 'create':
        return renderNew(fields);
      case 'batch':
        return renderBatch(fields, this.count, (count) => (this.count = count));
      case 'edit':
        return renderKnown(fields, this.key?.display_key ?? '');
    }
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.isBusy) return;
    this.renderRoot.querySelector('list-editor')?.flush();
    this.errors = this.#check();
    if (this.errors.size > 0) return this.#showError();
    this.isBusy = true;
    try {
      this.dispatchEvent(new KeySavedEvent(await this.#save()));
    } catch (thrown) {
      this.errors = this.#refusal(thrown);
      await this.#showError();
    } finally {
      this.isBusy = false;
    }
  };

  /** What the gateway says, at the field it is about. */
  #refusal(thrown: unknown): ReadonlyMap<string, string> {
    const param = thrown instanceof ApiError ? thrown.param : null;
    const field = fieldOfParam(param) ?? '';
    const address = linesOf(this.draft.ips)[Number(param?.split('.')[1])];
    const isAddress = field === 'ips' && address !== undefined;
    const words = isAddress ? this.#i18n.text.addressWrong(address) : errorText(thrown);
    return new Map([[field, words]]);
  }

  #check(): ReadonlyMap<string, string> {
    const { text } = this.#i18n;
    const errors = new Map<string, string>();
    for (const field of wrongNumbers(this.draft)) {
      errors.set(field, text.numberWrong(...RANGES[field]));
    }
    if (this.mode !== 'batch') return errors;
    const isCount = /^\d+$/.test(this.count) && Number(this.count) > 0;
    if (!isCount || Number(this.count) > MAX_COUNT) errors.set('count', text.countWrong);
    if (this.draft.name.trim() === '') errors.set('name', text.prefixMissing);
    return errors;
  }

  async #save(): Promise<readonly NewKey[]> {
    const { draft } = this;
    if (this.mode === 'batch') {
      const { name: prefix, ...fields } = fieldsOf(draft);
      return createKeys(Number(this.count), prefix, fields);
    }
    if (this.key === null) return [await createKey(fieldsOf(draft), draft.key.trim())];
    await editKey(this.key.id, changesOf(draft, draftOf(this.key)));
    return [];
  }

  async #showError(): Promise<void> {
    await this.updateComplete;
    const wrong = this.renderRoot.querySelector('[aria-invalid=true]');
    if (wrong instanceof HTMLElement) wrong.focus({ preventScroll: true });
    this.renderRoot.querySelector('[role=alert]')?.scrollIntoView({ block: 'center' });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'key-dialog': KeyDialog;
  }
}
