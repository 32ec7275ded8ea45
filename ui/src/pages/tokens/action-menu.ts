import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { icon } from '../../components/icon';
import { controls, shared } from '../../theme/shared';

export interface MenuItem {
  readonly key: string;
  readonly label: string;
}

/** An entry of the menu was chosen. */
export class MenuChosenEvent extends Event {
  constructor(readonly key: string) {
    super('menu-chosen', { bubbles: true, composed: true });
  }
}

/** A button that opens a few more above it; `Esc` and a click beside it close them. @fires menu-chosen */
@customElement('action-menu')
export class ActionMenu extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        position: relative;
      }
      ul {
        position: absolute;
        z-index: 6;
        right: 0;
        bottom: calc(100% + 0.25rem);
        display: grid;
        min-width: 11rem;
        margin: 0;
        padding: 0.25rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--raised);
        box-shadow: var(--shadow);
        list-style: none;
      }
      /* On a phone the button may stand at either edge: the menu goes by the bar, not by the button. */
      @media (max-width: 719px) {
        :host {
          position: static;
        }
        ul {
          right: 0.5rem;
        }
      }
      li button {
        width: 100%;
        justify-content: flex-start;
        font-weight: 400;
      }
    `,
  ];

  @property() label = '';
  @property({ attribute: false }) items: readonly MenuItem[] = [];
  @property({ type: Boolean }) disabled = false;
  @state() private isOpen = false;
  @query('button') private opener!: HTMLButtonElement;

  override disconnectedCallback(): void {
    this.#close();
    super.disconnectedCallback();
  }

  override render() {
    return html`
      <button
        type="button"
        aria-expanded=${this.isOpen}
        ?disabled=${this.disabled}
        @click=${this.#toggle}
      >
        ${this.label} ${icon('down')}
      </button>
      ${
        this.isOpen
          ? html`<ul aria-label=${this.label}>
              ${this.items.map(
                ({ key, label }) =>
                  html`<li>
                    <button type="button" class="plain" @click=${() => this.#choose(key)}>
                      ${label}
                    </button>
                  </li>`,
              )}
            </ul>`
          : nothing
      }
    `;
  }

  readonly #toggle = (): void => {
    if (this.isOpen) this.#close();
    else {
      this.isOpen = true;
      document.addEventListener('click', this.#clickBeside, true);
      document.addEventListener('keydown', this.#key);
    }
  };

  #close(): void {
    this.isOpen = false;
    document.removeEventListener('click', this.#clickBeside, true);
    document.removeEventListener('keydown', this.#key);
  }

  #choose(key: string): void {
    this.#close();
    this.opener.focus();
    this.dispatchEvent(new MenuChosenEvent(key));
  }

  readonly #clickBeside = (event: Event): void => {
    if (!event.composedPath().includes(this)) this.#close();
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    this.#close();
    this.opener.focus();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'action-menu': ActionMenu;
  }
}
