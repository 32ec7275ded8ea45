import { Task } from '@lit/task';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ApiError } from '../../api/call';
import { readSettings, saveSettings, type StoredSettings } from '../../api/settings';
import { confirm } from '../../components/confirm';
import '../../components/empty-state';
import { SearchedEvent } from '../../components/search-box';
import { toast } from '../../components/toasts';
import { errorText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { LeaveGuard } from '../../state/leave-guard';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import { messages } from './messages';
import './save-bar';
import { changesIn, problemOf } from './setting-check';
import './setting-group';
import { GroupResetEvent, SettingChangedEvent } from './setting-group';
import { GROUPS, type GroupName, SPECS, type SettingSpec } from './setting-spec';
import { settingTexts } from './setting-texts';

/** All settings by group: what is changed is saved together, and takes effect at once. */
@customElement('settings-editor')
export class SettingsEditor extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      .frame {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
        align-items: start;
      }
      nav {
        display: flex;
        gap: 0.25rem;
        min-width: 0;
        overflow-x: auto;
      }
      @media (min-width: 1024px) {
        .frame {
          grid-template-columns: 12rem minmax(0, 1fr);
        }
        nav {
          position: sticky;
          top: 1rem;
          flex-direction: column;
        }
        nav button {
          justify-content: flex-start;
        }
      }
    `,
  ];

  @state() private edits: ReadonlyMap<string, unknown> = new Map();
  @state() private failures: ReadonlyMap<string, string> = new Map();
  @state() private search = '';
  @state() private isBusy = false;
  readonly #i18n = new Localize(this, messages);
  readonly #texts = new Localize(this, settingTexts);

  readonly #reading = new Task(this, {
    args: () => [] as const,
    task: (_, { signal }) => readSettings(signal),
  });

  constructor() {
    super();
    new LeaveGuard(this, {
      isDirty: () => this.#changes(this.#reading.value).size > 0,
      ask: () => this.#mayLeave(),
    });
  }

  override render() {
    const { value: stored, error } = this.#reading;
    return html`
      <div class="stack">
        ${error === undefined ? nothing : html`<p role="alert">${errorText(error)}</p>`}
        ${stored === undefined ? nothing : this.#renderSettings(stored)}
      </div>
    `;
  }

  #renderSettings(stored: StoredSettings) {
    const { text } = this.#i18n;
    const changes = this.#changes(stored);
    const found = SPECS.filter((spec) => this.#isFound(spec));
    const groups = GROUPS.filter((group) => found.some((spec) => spec.group === group));
    return html`
      <p class="muted">${text.hot}</p>
      <search-box
        .value=${this.search}
        .placeholder=${text.search}
        @searched=${(event: Event) => {
          if (event instanceof SearchedEvent) this.search = event.text;
        }}
      ></search-box>
      <div class="frame">
        ${this.#renderJumps(groups)}
        <div class="stack" @setting-changed=${this.#edit} @group-reset=${this.#resetGroup}>
          ${
            groups.length === 0
              ? html`<empty-state
                  heading=${text.noneFound}
                  hint=${text.noneFoundHint}
                ></empty-state>`
              : nothing
          }
          ${groups.map(
            (group) => html`
              <setting-group
                .group=${group}
                .specs=${found.filter((spec) => spec.group === group)}
                .stored=${stored.values}
                .changes=${changes}
                .failures=${this.failures}
                .disabled=${!canChange()}
              ></setting-group>
            `,
          )}
        </div>
      </div>
      <save-bar
        .count=${changes.size}
        .isBusy=${this.isBusy}
        @save=${() => void this.#save(stored, changes)}
        @discard=${() => this.#discard()}
      ></save-bar>
    `;
  }

  #renderJumps(groups: readonly GroupName[]) {
    return html`
      <nav aria-label=${this.#i18n.text.groups}>
        ${groups.map(
          (group, index) => html`
            <button type="button" class="plain" @click=${() => this.#jump(index)}>
              ${this.#texts.text.groups[group]}
            </button>
          `,
        )}
      </nav>
    `;
  }

  #isFound({ path, group }: SettingSpec): boolean {
    const { groups, settings } = this.#texts.text;
    const words = [path, groups[group], ...settings[path]].join(' ').toLowerCase();
    return this.search
      .toLowerCase()
      .split(/\s+/)
      .every((word) => words.includes(word));
  }

  #changes(stored: StoredSettings | undefined): ReadonlyMap<string, unknown> {
    return stored === undefined ? new Map() : changesIn(this.edits, stored.values);
  }

  readonly #edit = (event: Event): void => {
    if (!(event instanceof SettingChangedEvent)) return;
    const edits = new Map(this.edits);
    if (event.value === undefined) edits.delete(event.path);
    else edits.set(event.path, event.value);
    this.edits = edits;
    this.failures = without(this.failures, event.path);
  };

  /** Secrets have no default: they stay. */
  readonly #resetGroup = (event: Event): void => {
    if (!(event instanceof GroupResetEvent)) return;
    const own = SPECS.filter(
      ({ group, control }) => group === event.group && control.kind !== 'secret',
    );
    this.edits = new Map([
      ...this.edits,
      ...own.map(({ path, initial }): [string, unknown] => [path, initial]),
    ]);
    this.failures = new Map();
  };

  async #save(stored: StoredSettings, changes: ReadonlyMap<string, unknown>): Promise<void> {
    const wrong = SPECS.find(
      (spec) => changes.has(spec.path) && problemOf(spec, changes.get(spec.path)) !== null,
    );
    if (wrong !== undefined) return this.#showField(wrong);
    this.isBusy = true;
    this.failures = new Map();
    try {
      await saveSettings(stored.version, changes);
      toast(this.#i18n.text.saved);
      await this.#reading.run();
      // What was changed again meanwhile is not saved yet.
      this.edits = new Map([...this.edits].filter(([path, value]) => changes.get(path) !== value));
    } catch (thrown) {
      await this.#explain(thrown);
      const refused = SPECS.find(({ path }) => this.failures.has(path));
      if (refused !== undefined) await this.#showField(refused);
    } finally {
      this.isBusy = false;
    }
  }

  async #explain(thrown: unknown): Promise<void> {
    if (thrown instanceof ApiError && thrown.code === 'stale_version') {
      toast(this.#i18n.text.stale, 'alarm');
      await this.#reading.run();
      return;
    }
    const param = thrown instanceof ApiError ? `${thrown.param ?? ''}.` : '.';
    const spec = SPECS.find(({ path }) => param.startsWith(`${path}.`));
    if (spec === undefined) toast(errorText(thrown), 'alarm');
    else this.failures = new Map([[spec.path, errorText(thrown)]]);
  }

  /** A search may hide what is wrong: it is lifted. */
  async #showField(spec: SettingSpec): Promise<void> {
    if (!this.#isFound(spec)) this.search = '';
    await this.updateComplete;
    const groups = [...this.renderRoot.querySelectorAll('setting-group')];
    groups.find(({ group }) => group === spec.group)?.showField(spec.path);
  }

  #jump(index: number): void {
    this.renderRoot.querySelectorAll('setting-group').item(index).showName();
  }

  #discard(): void {
    this.edits = new Map();
    this.failures = new Map();
  }

  async #mayLeave(): Promise<boolean> {
    const { text } = this.#i18n;
    const mayLeave = await confirm({
      heading: text.leave,
      body: text.leaveBody,
      action: text.leaveAction,
      isDangerous: true,
    });
    if (mayLeave) this.#discard();
    return mayLeave;
  }
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  return new Map([...map].filter(([other]) => other !== key));
}

declare global {
  interface HTMLElementTagNameMap {
    'settings-editor': SettingsEditor;
  }
}
