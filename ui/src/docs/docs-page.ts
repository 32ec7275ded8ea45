import { Task } from '@lit/task';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { readSpec } from '../api/openapi';
import '../app/preferences';
import '../components/search-box';
import type { SearchedEvent } from '../components/search-box';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import './docs-operation';
import { inlineCode } from './inline-code';
import { messages } from './messages';
import { groupsOf, matches, type Spec } from './spec';

/** The page that the API is read on; nobody needs to sign in for it. */
@customElement('docs-page')
export class DocsPage extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        max-width: 64rem;
        margin: 0 auto;
        padding: 1rem;
      }
      header {
        padding-bottom: 1rem;
      }
      section {
        scroll-margin-top: 1rem;
      }
      nav a {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        /* Two signs of Chinese are narrower than a finger. */
        min-width: 1.75rem;
        min-height: 1.75rem;
      }
    `,
  ];

  @state() private searched = '';
  readonly #i18n = new Localize(this, messages);
  /** The route that the address names; opened and gone to, once. */
  readonly #wanted = location.hash.slice(1);
  #isPlaced = false;
  readonly #spec = new Task(this, { task: (_, { signal }) => readSpec(signal), args: () => [] });

  override render() {
    const { text } = this.#i18n;
    document.title = text.title;
    return html`
      <header class="stack">
        <div class="row spread">
          <h1>${text.title}</h1>
          <app-preferences></app-preferences>
        </div>
        <p class="muted">${text.about}</p>
        <div class="row">
          <search-box
            .value=${this.searched}
            .placeholder=${text.search}
            @searched=${this.#search}
          ></search-box>
          <a class="button" href="/openapi.json">${text.file}</a>
          <a class="button" href="/admin">${text.panel}</a>
        </div>
      </header>
      <main>
        ${this.#spec.render({
          pending: () => html`<p role="status">${text.loading}</p>`,
          error: () => html`
            <p role="alert">${text.failed}</p>
            <button type="button" @click=${() => void this.#spec.run()}>${text.again}</button>
          `,
          complete: (spec) => this.#groups(spec),
        })}
      </main>
    `;
  }

  #groups(spec: Spec): TemplateResult {
    const { text } = this.#i18n;
    const all = groupsOf(spec);
    const count = (groups: typeof all): number =>
      groups.reduce((sum, { entries }) => sum + entries.length, 0);
    const shown = all
      .map((group) => ({
        ...group,
        entries: group.entries.filter((entry) => matches(entry, this.searched)),
      }))
      .filter(({ entries }) => entries.length > 0);
    return html`
      <div class="stack">
        <p class="small muted" role="status">${text.count(count(shown), count(all))}</p>
        ${shown.length === 0 ? html`<p>${text.nothing}</p>` : nothing}
        <nav class="row small" aria-label=${text.groups}>
          ${shown.map(
            ({ name }, index) =>
              html`<a href="#group-${index}" @click=${this.#jump}>${text.names[name] ?? name}</a>`,
          )}
        </nav>
        ${repeat(
          shown,
          ({ name }) => name,
          ({ name, description, entries }, index) => html`
            <section class="stack" id="group-${index}" aria-label=${text.names[name] ?? name}>
              <div>
                <h2>${text.names[name] ?? name}</h2>
                <p class="small muted" lang="en">${inlineCode(description)}</p>
              </div>
              ${repeat(
                entries,
                ({ operation }) => operation.operationId,
                (entry) => html`
                  <docs-operation
                    id=${entry.operation.operationId}
                    .entry=${entry}
                    .schemas=${spec.components.schemas}
                    ?open=${entry.operation.operationId === this.#wanted}
                  ></docs-operation>
                `,
              )}
            </section>
          `,
        )}
      </div>
    `;
  }

  protected override updated(): void {
    if (this.#isPlaced || this.#wanted === '') return;
    const target = this.renderRoot.querySelector(`[id="${CSS.escape(this.#wanted)}"]`);
    if (target === null) return;
    this.#isPlaced = true;
    target.scrollIntoView();
  }

  readonly #search = (event: SearchedEvent): void => {
    this.searched = event.text;
  };

  /** An address cannot name what lies in a shadow: the page goes there itself. */
  readonly #jump = (event: Event): void => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLAnchorElement)) return;
    const id = event.currentTarget.getAttribute('href')?.slice(1) ?? '';
    this.renderRoot.querySelector(`[id="${id}"]`)?.scrollIntoView();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'docs-page': DocsPage;
  }
}
