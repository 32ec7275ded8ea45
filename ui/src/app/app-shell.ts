import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { icon } from '../components/icon';
import { Localize } from '../i18n/localize';
import type { Me } from '../state/session';
import { controls, shared } from '../theme/shared';
import { messages } from './messages';
import './page-outlet';
import { PAGES, pageOf } from './pages';
import './preferences';
import { Address } from './router';

/** The reader wants to leave. */
export class LoggedOutEvent extends Event {
  constructor() {
    super('logged-out', { bubbles: true, composed: true });
  }
}

/** Navigation beside the page; on a phone a drawer that its button opens. @fires logged-out */
@customElement('app-shell')
export class AppShell extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .skip {
        position: absolute;
        z-index: 20;
        top: -4rem;
        left: 0.5rem;
      }
      .skip:focus {
        top: 0.5rem;
      }
      .bar {
        position: sticky;
        z-index: 10;
        top: 0;
        display: flex;
        gap: 0.5rem;
        align-items: center;
        min-height: 56px;
        padding: 0 0.75rem;
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }
      .brand {
        font-weight: 700;
        letter-spacing: -0.01em;
      }
      nav,
      dialog {
        display: flex;
        flex-direction: column;
        gap: 0.125rem;
      }
      nav a {
        display: flex;
        gap: 0.75rem;
        align-items: center;
        min-height: var(--control);
        padding: 0.25rem 0.75rem;
        border-radius: var(--radius-small);
        color: var(--text);
        text-decoration: none;
      }
      nav a:hover {
        background: var(--ground);
      }
      nav a[aria-current] {
        background: var(--accent-soft);
        color: var(--accent);
        font-weight: 650;
      }
      .foot {
        display: grid;
        gap: 0.5rem;
        margin-top: auto;
        padding-top: 1rem;
      }
      aside {
        display: none;
      }
      main {
        min-width: 0;
        max-width: 84rem;
        margin: 0 auto;
        padding: 1rem 0.75rem 4rem;
      }
      main:focus {
        outline: none;
      }
      dialog:not([open]) {
        display: none;
      }
      dialog {
        width: min(84vw, 320px);
        height: 100dvh;
        max-height: none;
        margin: 0;
        padding: 0.75rem;
        overflow-y: auto;
        border: 0;
        background: var(--surface);
        color: var(--text);
        box-shadow: var(--shadow);
      }
      dialog::backdrop {
        background: var(--mask);
      }
      @media (min-width: 1024px) {
        .bar {
          display: none;
        }
        .frame {
          display: grid;
          grid-template-columns: 15rem minmax(0, 1fr);
        }
        aside {
          position: sticky;
          top: 0;
          display: flex;
          flex-direction: column;
          gap: 1rem;
          height: 100dvh;
          padding: 1rem 0.75rem;
          overflow-y: auto;
          border-right: 1px solid var(--line);
          background: var(--surface);
        }
        main {
          width: 100%;
          padding: 1.5rem 1.5rem 4rem;
        }
      }
    `,
  ];

  @property({ attribute: false }) me: Me = { username: '', role: 'viewer' };
  @state() private isOpen = false;
  @query('dialog') private drawer!: HTMLDialogElement;
  @query('main') private main!: HTMLElement;
  readonly #i18n = new Localize(this, messages);
  readonly #address = new Address(this);
  #path = '';
  readonly #wide = matchMedia('(min-width: 1024px)');

  override connectedCallback(): void {
    super.connectedCallback();
    this.#wide.addEventListener('change', this.#close);
  }

  override disconnectedCallback(): void {
    this.#wide.removeEventListener('change', this.#close);
    super.disconnectedCallback();
  }

  /** Another page is read out from its beginning, and the keyboard begins there. */
  override updated(): void {
    const { path } = this.#address;
    if (this.#path !== '' && this.#path !== path) this.main.focus({ preventScroll: true });
    this.#path = path;
  }

  override render() {
    const { text } = this.#i18n;
    const { path } = this.#address;
    const page = pageOf(path);
    const title = page === null ? text.notFound : text.pages[page.name];
    document.title = `${title} · Grok2API`;
    return html`
      <a class="skip button" href="#main" @click=${this.#skip}>${text.skip}</a>
      <div class="bar">
        <button
          type="button"
          class="plain icon"
          aria-label=${text.openMenu}
          aria-expanded=${this.isOpen}
          @click=${this.#open}
        >
          ${icon('menu')}
        </button>
        <span class="brand">Grok2API</span>
        <span class="muted">${title}</span>
      </div>
      <dialog
        aria-label=${text.navigation}
        @close=${() => (this.isOpen = false)}
        @click=${this.#clickInDrawer}
      >
        <div class="row spread">
          <span class="brand">Grok2API</span>
          <button
            type="button"
            class="plain icon"
            aria-label=${text.closeMenu}
            @click=${this.#close}
          >
            ${icon('close')}
          </button>
        </div>
        ${this.#renderNavigation()}
      </dialog>
      <div class="frame">
        <aside>
          <span class="brand">Grok2API</span>
          ${this.#renderNavigation()}
        </aside>
        <main id="main" tabindex="-1" aria-label=${title}>
          <page-outlet .path=${path}></page-outlet>
        </main>
      </div>
    `;
  }

  #renderNavigation() {
    const { text } = this.#i18n;
    const current = pageOf(this.#address.path);
    return html`
      <nav aria-label=${text.navigation}>
        ${PAGES.map(
          (page) => html`
            <a href=${page.path} aria-current=${page === current ? 'page' : nothing}>
              ${icon(page.symbol)} ${text.pages[page.name]}
            </a>
          `,
        )}
      </nav>
      <div class="foot">
        <app-preferences></app-preferences>
        <div class="row spread">
          <span class="small muted">
            ${this.me.username}${this.me.role === 'viewer' ? ` · ${text.viewer}` : nothing}
          </span>
          <button
            type="button"
            class="plain"
            @click=${() => this.dispatchEvent(new LoggedOutEvent())}
          >
            ${text.logOut}
          </button>
        </div>
      </div>
    `;
  }

  readonly #open = (): void => {
    this.isOpen = true;
    this.drawer.showModal();
  };

  readonly #close = (): void => this.drawer.close();

  /** A link was chosen, or the mask beside the drawer. */
  readonly #clickInDrawer = (event: MouseEvent): void => {
    const [target] = event.composedPath();
    const isLink = event.composedPath().some((node) => node instanceof HTMLAnchorElement);
    if (isLink || target === this.drawer) this.#close();
  };

  readonly #skip = (event: MouseEvent): void => {
    event.preventDefault();
    this.main.focus();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'app-shell': AppShell;
  }
}
