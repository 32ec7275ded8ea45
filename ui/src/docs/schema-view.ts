import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { shared } from '../theme/shared';
import { inlineCode } from './inline-code';
import { messages } from './messages';
import { limitText, resolve, type Schema, type Schemas, typeText } from './spec';

/** A schema as a list of fields. What lies deeper is drawn once it is opened: schemas may hold themselves. */
@customElement('schema-view')
export class SchemaView extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        display: grid;
        gap: 0.5rem;
        margin: 0;
        padding: 0 0 0 0.75rem;
        border-left: 2px solid var(--line);
        list-style: none;
      }
      summary {
        padding: 0.25rem 0;
        color: var(--accent);
        cursor: pointer;
      }
      li {
        min-width: 0;
      }
      .name {
        font-weight: 600;
      }
      .required {
        color: var(--alarm);
      }
    `,
  ];

  @property({ attribute: false }) schema: Schema = {};
  @property({ attribute: false }) schemas: Schemas = {};
  @state() private opened: ReadonlySet<string> = new Set();
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { schema } = resolve(this.schema, this.schemas);
    const { properties, required = [], additionalProperties: rest } = schema;
    if (properties === undefined) return this.#deeper('', this.schema) ?? this.#plain(schema);
    return html`
      <ul>
        ${Object.entries(properties).map(([name, own]) =>
          this.#field(name, own, required.includes(name)),
        )}
        ${typeof rest === 'object' ? html`<li class="muted small">${this.#i18n.text.any}</li>` : ''}
      </ul>
    `;
  }

  #field(name: string, schema: Schema, isRequired: boolean): TemplateResult {
    const limits = limitText(schema);
    return html`
      <li>
        <span class="mono name">${name}</span>
        <span class="mono muted">${typeText(schema)}${limits === '' ? '' : ` · ${limits}`}</span>
        ${isRequired ? html`<span class="small required">${this.#i18n.text.required}</span>` : ''}
        ${
          schema.description === undefined
            ? nothing
            : html`<p class="small muted" lang="en">${inlineCode(schema.description)}</p>`
        }
        ${this.#deeper(name, schema)}
      </li>
    `;
  }

  #plain(schema: Schema): TemplateResult {
    return html`<p class="mono muted">${typeText(schema)} ${limitText(schema)}</p>`;
  }

  /** What a field holds, where that is more than a word. */
  #deeper(name: string, schema: Schema): TemplateResult | null {
    const parts = partsOf(schema, this.schemas);
    if (parts.length === 0) return null;
    return html`${parts.map((part, index) => {
      const key = `${name} ${index}`;
      return html`
        <details @toggle=${(event: Event) => this.#toggled(event, key)}>
          <summary class="mono">${typeText(part)}</summary>
          ${
            this.opened.has(key)
              ? html`<schema-view
                  .schema=${resolve(part, this.schemas).schema}
                  .schemas=${this.schemas}
                ></schema-view>`
              : nothing
          }
        </details>
      `;
    })}`;
  }

  #toggled(event: Event, key: string): void {
    if (!(event.target instanceof HTMLDetailsElement) || !event.target.open) return;
    this.opened = new Set([...this.opened, key]);
  }
}

/** The objects within: of a list its items, of alternatives each. */
function partsOf(schema: Schema, schemas: Schemas): Schema[] {
  const { schema: own } = resolve(schema, schemas);
  if (own.properties !== undefined) return [schema];
  if (own.items !== undefined) return partsOf(own.items, schemas);
  return (own.anyOf ?? own.oneOf ?? own.allOf ?? []).flatMap((part) => partsOf(part, schemas));
}

declare global {
  interface HTMLElementTagNameMap {
    'schema-view': SchemaView;
  }
}
