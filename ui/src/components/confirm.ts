import { html, LitElement, render } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import './app-dialog';

export interface Question {
  readonly heading: string;
  readonly body: string;
  /** What the button says: the verb of what happens. */
  readonly action: string;
  readonly isDangerous?: boolean;
}

const messages = { en: { cancel: 'Cancel' }, zh: { cancel: '取消' } };

class AnsweredEvent extends Event {
  constructor(readonly isYes: boolean) {
    super('answered');
  }
}

/** Asks before something that cannot be undone. Use `confirm`. */
@customElement('confirm-dialog')
export class ConfirmDialog extends LitElement {
  static override styles = [shared, controls];

  @property({ attribute: false }) question: Question = { heading: '', body: '', action: '' };
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { heading, body, action, isDangerous = false } = this.question;
    return html`
      <app-dialog .heading=${heading} @dialog-closed=${() => this.#answer(false)}>
        <p>${body}</p>
        <button slot="footer" type="button" @click=${() => this.#answer(false)}>
          ${this.#i18n.text.cancel}
        </button>
        <button
          slot="footer"
          type="button"
          class="primary ${isDangerous ? 'danger' : ''}"
          @click=${() => this.#answer(true)}
        >
          ${action}
        </button>
      </app-dialog>
    `;
  }

  #answer(isYes: boolean): void {
    this.dispatchEvent(new AnsweredEvent(isYes));
  }
}

/** Asks the reader; false when the dialog is closed without an answer. */
export function confirm(question: Question): Promise<boolean> {
  const place = document.createElement('div');
  document.body.append(place);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const answered = (event: Event): void => {
    if (event instanceof AnsweredEvent) resolve(event.isYes);
  };
  render(
    html`<confirm-dialog .question=${question} @answered=${answered}></confirm-dialog>`,
    place,
  );
  return promise.finally(() => place.remove());
}

declare global {
  interface HTMLElementTagNameMap {
    'confirm-dialog': ConfirmDialog;
  }
}
