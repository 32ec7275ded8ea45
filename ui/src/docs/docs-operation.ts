import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../components/copy-button';
import { Localize } from '../i18n/localize';
import { controls, shared } from '../theme/shared';
import { inlineCode } from './inline-code';
import { messages } from './messages';
import './schema-view';
import { curlLine, type Entry, limitText, type Media, type Schemas, typeText } from './spec';

/** One route: its line, and opened all there is to know of it. */
@customElement('docs-operation')
export class DocsOperation extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      details {
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--surface);
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.75rem;
        align-items: baseline;
        padding: 0.625rem 0.75rem;
        cursor: pointer;
        list-style: none;
      }
      .line::-webkit-details-marker {
        display: none;
      }
      .method {
        min-width: 4rem;
        padding: 0.125rem 0.375rem;
        border-radius: var(--radius-small);
        background: var(--accent-soft);
        color: var(--accent);
        font-weight: 700;
        text-align: center;
      }
      .method.post {
        background: var(--good-soft);
        color: var(--good);
      }
      .method.delete {
        background: var(--alarm-soft);
        color: var(--alarm);
      }
      .inside {
        padding: 0 0.75rem 0.75rem;
      }
      pre {
        margin: 0;
        padding: 0.625rem;
        overflow-x: auto;
        border-radius: var(--radius-small);
        background: var(--ground);
        font: 0.8125rem/1.5 var(--mono);
      }
      .parameter {
        margin: 0;
        padding: 0.125rem 0;
      }
    `,
  ];

  @property({ attribute: false }) entry: Entry | null = null;
  @property({ attribute: false }) schemas: Schemas = {};
  @property({ type: Boolean, reflect: true }) open = false;
  readonly #i18n = new Localize(this, messages);

  override render() {
    if (this.entry === null) return nothing;
    const { method, path, operation } = this.entry;
    return html`
      <details ?open=${this.open} @toggle=${this.#toggled}>
        <summary class="line">
          <span class="mono method ${method}">${method.toUpperCase()}</span>
          <span class="mono grow">${path}</span>
          <span class="muted small" lang="en">${operation.summary}</span>
        </summary>
        ${this.open ? this.#inside(this.entry) : nothing}
      </details>
    `;
  }

  #inside(entry: Entry): TemplateResult {
    const { text } = this.#i18n;
    const { operation } = entry;
    const [right = {}] = operation.security;
    const by = 'key' in right ? text.byKey : 'session' in right ? text.bySession : text.byNothing;
    const { requestBody, parameters = [] } = operation;
    return html`
      <div class="inside stack">
        ${operation.description === undefined ? nothing : html`<p lang="en">${inlineCode(operation.description)}</p>`}
        <p class="small muted">${by}</p>
        ${parameters.length === 0 ? nothing : this.#parameters(entry)}
        ${requestBody === undefined ? nothing : this.#media(text.request, requestBody.content)}
        ${this.#examples(entry)} ${this.#responses(entry)}
      </div>
    `;
  }

  #parameters({ operation }: Entry): TemplateResult {
    const { text } = this.#i18n;
    return html`
      <section class="stack">
        <h3>${text.parameters}</h3>
        ${(operation.parameters ?? []).map(
          ({ name, in: place, required, schema, description }) => html`
            <p class="parameter">
              <b class="mono">${name}</b>
              <span class="mono muted">
                ${place} · ${typeText(schema)} ${limitText(schema)}
                ${required === true ? `· ${text.required}` : ''}
              </span>
              <span class="small muted" lang="en"
                >${inlineCode(description ?? schema.description ?? '')}</span
              >
            </p>
          `,
        )}
      </section>
    `;
  }

  #media(title: string, content: Readonly<Record<string, Media>>): TemplateResult {
    return html`
      <section class="stack">
        <h3 lang=${title === this.#i18n.text.request ? nothing : 'en'}>${title}</h3>
        ${Object.entries(content).map(
          ([type, media]) => html`
            <p class="mono muted">${type}</p>
            ${
              media.schema === undefined
                ? nothing
                : html`<schema-view .schema=${media.schema} .schemas=${this.schemas}></schema-view>`
            }
          `,
        )}
      </section>
    `;
  }

  #examples(entry: Entry): TemplateResult {
    const json = entry.operation.requestBody?.content['application/json'];
    const examples = Object.values(json?.examples ?? {}).map(({ value }) => value);
    const bodies = examples.length === 0 ? [undefined] : examples;
    return html`
      <section class="stack">
        <h3>${this.#i18n.text.example}</h3>
        ${bodies.map((body) => {
          const line = curlLine(entry, location.origin, body);
          return html`
            <pre tabindex="0">${line}</pre>
            <copy-button wide .value=${line}></copy-button>
          `;
        })}
      </section>
    `;
  }

  #responses({ operation }: Entry): TemplateResult {
    return html`
      <h3>${this.#i18n.text.responses}</h3>
      ${Object.entries(operation.responses).map(([status, response]) => {
        const title = `${status} · ${response.description.replaceAll('`', '')}`;
        // Failures have one shape: their codes are what matters.
        return Number(status) >= 400
          ? html`<p class="mono small">${title}</p>`
          : this.#media(title, response.content ?? {});
      })}
    `;
  }

  readonly #toggled = (event: Event): void => {
    if (!(event.target instanceof HTMLDetailsElement)) return;
    this.open = event.target.open;
    const id = this.entry?.operation.operationId;
    if (this.open && id !== undefined) history.replaceState(null, '', `#${id}`);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'docs-operation': DocsOperation;
  }
}
