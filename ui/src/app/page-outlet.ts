import { Task } from '@lit/task';
import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/empty-state';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { messages } from './messages';
import { pageOf } from './pages';

/** Loads and shows the page of an address. */
@customElement('page-outlet')
export class PageOutlet extends LitElement {
  static override styles = [shared, controls];

  @property() path = '/admin';
  readonly #i18n = new Localize(this, messages);

  readonly #page = new Task(this, {
    args: () => [this.path] as const,
    task: async ([path]) => {
      const page = pageOf(path);
      await page?.load();
      return page;
    },
  });

  override render() {
    const { text } = this.#i18n;
    return this.#page.render({
      pending: () => html`<p class="muted" role="status">${text.loading}</p>`,
      error: () => html`
        <empty-state symbol="warning" heading=${text.tryAgain}>
          <button type="button" @click=${() => location.reload()}>${text.tryAgain}</button>
        </empty-state>
      `,
      complete: (page) =>
        page === null
          ? html`<empty-state
              symbol="warning"
              heading=${text.notFound}
              hint=${text.notFoundHint}
            ></empty-state>`
          : page.render(),
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-outlet': PageOutlet;
  }
}
