import { css, html, nothing, type TemplateResult } from 'lit';
import { KEY_KINDS } from '../../api/key-fields';
import { ListChangedEvent } from '../../components/list-editor';
import '../../components/list-editor';
import { type KeyDraft, type NumberField, type Preset, PRESETS } from './key-draft';
import type { messages } from './messages';

/** The fields of the key form, for the dialog that holds them. */

export interface Fields {
  readonly text: (typeof messages)['en'];
  readonly draft: KeyDraft;
  /** What is wrong, by field. */
  readonly errors: ReadonlyMap<string, string>;
  /** Models to pick from. */
  readonly models: readonly string[];
  change(part: Partial<KeyDraft>): void;
}

export const fieldStyles = css`
  fieldset {
    display: grid;
    gap: 0.75rem;
    min-width: 0;
    margin: 0;
    padding: 0.75rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
  }
  legend {
    padding: 0 0.25rem;
    font-size: 0.875rem;
    font-weight: 600;
  }
  .numbers {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.75rem;
    align-items: start;
  }
  .error {
    color: var(--alarm);
    font-size: 0.8125rem;
    font-weight: 400;
  }
`;

/** The value of the control that an event is of. */
function typed(event: Event): string {
  const { target } = event;
  const isControl = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  return isControl ? target.value : '';
}

/** A control with its label, hint and error; the control is described by both. */
function renderField(
  { errors }: Fields,
  field: string,
  words: { readonly label: string; readonly hint?: string },
  control: (described: {
    readonly by: string;
    readonly invalid: 'true' | typeof nothing;
  }) => unknown,
): TemplateResult {
  const { label, hint = '' } = words;
  const error = errors.get(field);
  const invalid = error === undefined ? nothing : 'true';
  return html`
    <div class="field">
      <label for=${field}>${label}</label>
      ${control({ by: `hint-${field} error-${field}`, invalid })}
      ${hint === '' ? nothing : html`<span class="hint" id="hint-${field}">${hint}</span>`}
      ${
        error === undefined
          ? nothing
          : html`<span class="error" role="alert" id="error-${field}">${error}</span>`
      }
    </div>
  `;
}

interface TextOptions {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly type?: string;
  readonly numeric?: boolean;
  readonly placeholder?: string;
  readonly set: (value: string) => void;
}

/** A labelled line of text. */
function renderText(fields: Fields, field: string, options: TextOptions): TemplateResult {
  const { value, type = 'text', numeric = false, placeholder = '', set } = options;
  return renderField(
    fields,
    field,
    options,
    ({ by, invalid }) => html`
      <input
        id=${field}
        type=${type}
        inputmode=${numeric ? 'numeric' : nothing}
        autocomplete="off"
        maxlength=${type === 'text' ? 200 : nothing}
        placeholder=${placeholder}
        aria-invalid=${invalid}
        aria-describedby=${by}
        .value=${value}
        @input=${(event: Event) => set(typed(event))}
      />
    `,
  );
}

/** Name and value of a key to make. */
export function renderNew(fields: Fields): TemplateResult {
  const { text, draft, change } = fields;
  return html`
    ${renderText(fields, 'name', {
      label: text.name,
      value: draft.name,
      hint: text.nameHint,
      set: (name) => change({ name }),
    })}
    ${renderText(fields, 'key', {
      label: text.value,
      value: draft.key,
      hint: text.valueHint,
      set: (key) => change({ key }),
    })}
  `;
}

/** Name of a key that is there, and its mask. */
export function renderKnown(fields: Fields, mask: string): TemplateResult {
  const { text, draft, change } = fields;
  return html`
    ${renderText(fields, 'name', {
      label: text.name,
      value: draft.name,
      set: (name) => change({ name }),
    })}
    ${renderField(
      fields,
      'mask',
      { label: text.columns.key, hint: text.valueLocked },
      ({ by }) => html`
        <input id="mask" class="mono" disabled aria-describedby=${by} .value=${mask} />
      `,
    )}
  `;
}

/** How many keys to make, and how they are named. */
export function renderBatch(
  fields: Fields,
  count: string,
  setCount: (count: string) => void,
): TemplateResult {
  const { text, draft, change } = fields;
  return html`
    <div class="numbers">
      ${renderText(fields, 'count', {
        label: text.count,
        value: count,
        numeric: true,
        set: setCount,
      })}
      ${renderText(fields, 'name', {
        label: text.prefix,
        value: draft.name,
        set: (name) => change({ name }),
      })}
    </div>
    <span class="hint">${text.prefixHint}</span>
  `;
}

/** The four daily limits, and what fills them in at once. */
export function renderLimits(fields: Fields): TemplateResult {
  const { text, draft, change } = fields;
  const preset = (name: Preset) => html`
    <button
      type="button"
      @click=${() => change({ numbers: { ...draft.numbers, ...PRESETS[name] } })}
    >
      ${text.presets[name]}
    </button>
  `;
  return html`
    <fieldset>
      <legend>${text.limits}</legend>
      <div class="row">${preset('recommended')} ${preset('unlimited')}</div>
      <div class="numbers">
        ${KEY_KINDS.map((kind) => renderNumber(fields, kind, text.kinds[kind]))}
      </div>
      <span class="hint">${text.limitsHint}</span>
    </fieldset>
  `;
}

function renderNumber(fields: Fields, field: NumberField, label: string): TemplateResult {
  const { text, draft, change } = fields;
  return renderText(fields, field, {
    label,
    value: draft.numbers[field],
    numeric: true,
    placeholder: text.unlimited,
    set: (value) => change({ numbers: { ...draft.numbers, [field]: value } }),
  });
}

/** Rates, expiry and allowlists. */
export function renderRules(fields: Fields): TemplateResult {
  const { text, draft, change } = fields;
  return html`
    <div class="numbers">
      ${renderNumber(fields, 'rpm', text.fields.rpm)}
      ${renderNumber(fields, 'concurrency', text.fields.concurrency)}
    </div>
    ${renderText(fields, 'expires_at', {
      label: text.expires,
      value: draft.expires,
      hint: text.expiresHint,
      type: 'datetime-local',
      set: (expires) => change({ expires }),
    })}
    ${renderModels(fields)}
    ${renderField(
      fields,
      'ips',
      { label: text.ips, hint: text.ipsHint },
      ({ by, invalid }) => html`
        <textarea
          id="ips"
          spellcheck="false"
          aria-invalid=${invalid}
          aria-describedby=${by}
          .value=${draft.ips}
          @input=${(event: Event) => change({ ips: typed(event) })}
        ></textarea>
      `,
    )}
    <label class="check">
      <input
        type="checkbox"
        .checked=${draft.isActive}
        @change=${() => change({ isActive: !draft.isActive })}
      />
      ${text.enabled}
    </label>
  `;
}

function renderModels(fields: Fields): TemplateResult {
  const { text, draft, change } = fields;
  return renderField(
    fields,
    'models',
    { label: text.models, hint: text.modelsHint },
    ({ invalid }) => html`
      <list-editor
        id="models"
        .items=${draft.models}
        .suggestions=${fields.models}
        .label=${text.models}
        .placeholder=${text.modelsPlaceholder}
        .invalid=${invalid === 'true'}
        @list-changed=${(event: Event) => {
          if (event instanceof ListChangedEvent) change({ models: event.items });
        }}
      ></list-editor>
    `,
  );
}
