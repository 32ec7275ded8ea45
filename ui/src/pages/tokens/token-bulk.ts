import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../../components/bulk-bar';
import { confirm } from '../../components/confirm';
import { icon } from '../../components/icon';
import { Localize } from '../../i18n/localize';
import { startJob } from '../../state/jobs';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';
import './action-menu';
import type { MenuChosenEvent } from './action-menu';
import { messages } from './messages';
import './text-dialog';
import type { TextGivenEvent } from './text-dialog';
import type { TokenJob } from './token-jobs';

/** The selected tokens are to be exported. */
export class ExportWantedEvent extends Event {
  constructor() {
    super('export-wanted', { bubbles: true, composed: true });
  }
}

type Asked = 'tokens.tag-add' | 'tokens.tag-remove' | 'tokens.note';

/** What can be done with many tokens, as jobs. @fires export-wanted @fires selection-cleared */
@customElement('token-bulk')
export class TokenBulk extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        position: sticky;
        z-index: 5;
        bottom: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) selected: ReadonlySet<string> = new Set();
  @property({ attribute: false }) tags: readonly string[] = [];
  /** How many of them the page does not show. */
  @property({ type: Number }) unseen = 0;
  @state() private asked: Asked | null = null;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    const isOff = !canChange();
    return html`
      <bulk-bar .count=${this.selected.size} .unseen=${this.unseen}>
        <button type="button" ?disabled=${isOff} @click=${() => this.#start('tokens.refresh')}>
          ${icon('refresh')} ${text.refresh}
        </button>
        <button type="button" ?disabled=${isOff} @click=${() => this.#start('tokens.test')}>
          ${icon('play')} ${text.test}
        </button>
        <button
          type="button"
          ?disabled=${isOff}
          @click=${() => this.dispatchEvent(new ExportWantedEvent())}
        >
          ${icon('download')} ${text.export}
        </button>
        <action-menu
          label=${text.more}
          .items=${this.#changes()}
          ?disabled=${isOff}
          @menu-chosen=${this.#chosen}
        ></action-menu>
        <button type="button" class="danger" ?disabled=${isOff} @click=${this.#delete}>
          ${icon('trash')} ${text.delete}
        </button>
      </bulk-bar>
      ${this.asked === null ? nothing : this.#renderQuestion(this.asked)}
    `;
  }

  #changes(): { readonly key: TokenJob; readonly label: string }[] {
    const { text } = this.#i18n;
    return [
      { key: 'tokens.tag-add', label: text.addTag },
      { key: 'tokens.tag-remove', label: text.removeTag },
      { key: 'tokens.note', label: text.setNote },
      { key: 'tokens.enable', label: text.enable },
      { key: 'tokens.disable', label: text.disable },
      { key: 'tokens.clear-cooldown', label: text.clearCooldown },
    ];
  }

  #renderQuestion(asked: Asked) {
    const { text } = this.#i18n;
    const isNote = asked === 'tokens.note';
    const isAdded = asked === 'tokens.tag-add';
    return html`
      <text-dialog
        heading=${isNote ? text.setNote : isAdded ? text.addTag : text.removeTag}
        label=${isNote ? text.note : text.tag}
        maxlength=${isNote ? 500 : 50}
        ?required=${!isNote}
        .suggestions=${isNote ? [] : this.tags}
        @text-given=${(event: TextGivenEvent) => this.#given(asked, event.text)}
      ></text-dialog>
    `;
  }

  readonly #chosen = (event: MenuChosenEvent): void => {
    const change = this.#changes().find(({ key }) => key === event.key)?.key;
    if (change === undefined) return;
    if (isAsked(change)) this.asked = change;
    else this.#start(change);
  };

  #given(asked: Asked, given: string | null): void {
    this.asked = null;
    if (given !== null) this.#start(asked, { text: given });
  }

  readonly #delete = async (): Promise<void> => {
    const { text } = this.#i18n;
    const isSure = await confirm({
      heading: text.deleteMany(this.selected.size),
      body:
        this.unseen === 0
          ? text.deleteHint
          : `${text.deleteUnseen(this.unseen)} ${text.deleteHint}`,
      action: text.delete,
      isDangerous: true,
    });
    if (isSure) this.#start('tokens.delete');
  };

  #start(kind: TokenJob, details: Readonly<Record<string, string>> = {}): void {
    startJob(kind, [...this.selected], details);
  }
}

function isAsked(kind: TokenJob): kind is Asked {
  return kind === 'tokens.tag-add' || kind === 'tokens.tag-remove' || kind === 'tokens.note';
}

declare global {
  interface HTMLElementTagNameMap {
    'token-bulk': TokenBulk;
  }
}
