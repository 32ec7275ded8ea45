import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { Localize } from '../../i18n/localize';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import { SettingEditedEvent } from './setting-edited';
import './setting-field';
import type { GroupName, SettingSpec } from './setting-spec';
import { settingTexts } from './setting-texts';

/** A setting of the group was edited; undefined takes the edit back. */
export class SettingChangedEvent extends Event {
  constructor(
    readonly path: string,
    readonly value: unknown,
  ) {
    super('setting-changed', { bubbles: true, composed: true });
  }
}

/** The defaults are wanted for every setting of the group. */
export class GroupResetEvent extends Event {
  constructor(readonly group: GroupName) {
    super('group-reset', { bubbles: true, composed: true });
  }
}

/** The settings of one group. @fires setting-changed @fires group-reset */
@customElement('setting-group')
export class SettingGroup extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        scroll-margin-top: 4.5rem;
      }
      .card {
        gap: 0;
        padding-bottom: 0.25rem;
      }
      .head {
        padding-bottom: 0.5rem;
      }
    `,
  ];

  @property() group: GroupName = 'app';
  /** Those that the search lets through. */
  @property({ attribute: false }) specs: readonly SettingSpec[] = [];
  /** By path: as stored, and what is changed of it. */
  @property({ attribute: false }) stored: ReadonlyMap<string, unknown> = new Map();
  @property({ attribute: false }) changes: ReadonlyMap<string, unknown> = new Map();
  /** What the gateway did not take, by path. */
  @property({ attribute: false }) failures: ReadonlyMap<string, string> = new Map();
  @property({ type: Boolean }) disabled = false;
  readonly #i18n = new Localize(this, messages);
  readonly #texts = new Localize(this, settingTexts);

  override render() {
    const { text } = this.#i18n;
    const name = this.#texts.text.groups[this.group];
    return html`
      <section class="card" aria-labelledby="name">
        <div class="row spread head">
          <h2 id="name" tabindex="-1">${name}</h2>
          <button
            type="button"
            aria-label=${text.resetGroupOf(name)}
            title=${text.resetGroupOf(name)}
            ?disabled=${this.disabled}
            @click=${() => this.dispatchEvent(new GroupResetEvent(this.group))}
          >
            ${text.resetGroup}
          </button>
        </div>
        ${repeat(
          this.specs,
          ({ path }) => path,
          (spec) => this.#renderField(spec),
        )}
      </section>
    `;
  }

  /** Scrolls here, and goes on from here by keyboard. */
  showName(): void {
    this.scrollIntoView({ block: 'start' });
    this.renderRoot.querySelector('h2')?.focus({ preventScroll: true });
  }

  /** Brings a field into sight and goes to it. */
  showField(path: string): void {
    const fields = [...this.renderRoot.querySelectorAll('setting-field')];
    fields.find(({ spec }) => spec.path === path)?.show();
  }

  #renderField(spec: SettingSpec) {
    const { path } = spec;
    const isChanged = this.changes.has(path);
    return html`
      <setting-field
        .spec=${spec}
        .value=${isChanged ? this.changes.get(path) : this.stored.get(path)}
        .isChanged=${isChanged}
        .failure=${this.failures.get(path) ?? ''}
        .disabled=${this.disabled}
        @setting-edited=${(event: Event) => {
          if (event instanceof SettingEditedEvent) {
            this.dispatchEvent(new SettingChangedEvent(path, event.value));
          }
        }}
      ></setting-field>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'setting-group': SettingGroup;
  }
}
