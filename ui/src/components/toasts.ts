import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { errorText } from '../i18n/errors';
import { shared } from '../theme/shared';

/** Short words about what has just happened. */

export type Tone = 'good' | 'alarm' | 'neutral';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: Tone;
}

/** Something is to be said. */
export class ToastEvent extends Event {
  constructor(
    readonly text: string,
    readonly tone: Tone,
  ) {
    super('toast');
  }
}

/** Says something at the edge of the page for a few seconds. */
export function toast(text: string, tone: Tone = 'good'): void {
  window.dispatchEvent(new ToastEvent(text, tone));
}

/** Says what a call threw, in the reader's language. */
export function toastError(thrown: unknown): void {
  toast(errorText(thrown), 'alarm');
}

const SHOWN_MS = 4_000;
const ALARM_SHOWN_MS = 9_000;
const MAX_SHOWN = 4;

/**
 * Where the words appear: one in the page, above the dialog that is open. A modal dialog keeps it from
 * being read out all the same: `app-dialog` does that.
 */
@customElement('toast-stack')
export class ToastStack extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        /* A popover's own look is undone: only its place above every dialog is wanted. */
        position: fixed;
        inset: auto 0.75rem max(0.75rem, env(safe-area-inset-bottom));
        width: auto;
        margin: 0;
        padding: 0;
        border: 0;
        overflow: visible;
        background: none;
        color: inherit;
        pointer-events: none;
      }
      :host(:popover-open) {
        display: grid;
        gap: 0.5rem;
        justify-items: end;
      }
      p {
        max-width: min(100%, 28rem);
        padding: 0.625rem 0.875rem;
        border: 1px solid var(--line);
        border-left: 4px solid var(--accent);
        border-radius: var(--radius-small);
        background: var(--raised);
        box-shadow: var(--shadow);
        overflow-wrap: anywhere;
        pointer-events: auto;
      }
      .good {
        border-left-color: var(--good);
      }
      .alarm {
        border-left-color: var(--alarm);
      }
      @media (max-width: 719px) {
        :host(:popover-open) {
          justify-items: stretch;
        }
        p {
          max-width: none;
        }
      }
    `,
  ];

  @state() private toasts: readonly Toast[] = [];
  #next = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.popover = 'manual';
    window.addEventListener('toast', this.#show);
  }

  override disconnectedCallback(): void {
    window.removeEventListener('toast', this.#show);
    super.disconnectedCallback();
  }

  override render() {
    return repeat(
      this.toasts,
      ({ id }) => id,
      ({ id, text, tone }) => html`
        <p
          class=${tone}
          role=${tone === 'alarm' ? 'alert' : 'status'}
          @click=${() => this.#remove(id)}
        >
          ${text}
        </p>
      `,
    );
  }

  readonly #show = (event: Event): void => {
    if (!(event instanceof ToastEvent)) return;
    const { text, tone } = event;
    const id = this.#next++;
    this.toasts = [...this.toasts, { id, text, tone }].slice(-MAX_SHOWN);
    // Shown anew, it is the topmost, whatever dialog has been opened since.
    if (this.matches(':popover-open')) this.hidePopover();
    this.showPopover();
    setTimeout(() => this.#remove(id), tone === 'alarm' ? ALARM_SHOWN_MS : SHOWN_MS);
  };

  #remove(id: number): void {
    this.toasts = this.toasts.filter((one) => one.id !== id);
    if (this.toasts.length === 0 && this.matches(':popover-open')) this.hidePopover();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'toast-stack': ToastStack;
  }
}
