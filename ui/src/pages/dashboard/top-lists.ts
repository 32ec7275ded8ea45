import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { UsageStats } from '../../../../src/contract/calls';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { refusalText } from '../../i18n/refusals';
import { shared } from '../../theme/shared';
import { messages } from './messages';

const SHOWN = 8;

/** What is used most, by whom, and what was refused. */
@customElement('top-lists')
export class TopLists extends LitElement {
  static override styles = [
    shared,
    css`
      ol {
        display: grid;
        gap: 0.5rem;
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 0.875rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.125rem 0.75rem;
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .share {
        grid-column: 1 / -1;
        height: 4px;
        border-radius: 2px;
        background: var(--ground);
      }
      .share > div {
        height: 100%;
        border-radius: 2px;
        background: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) stats: UsageStats | null = null;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { text } = this.#i18n;
    if (this.stats === null) return nothing;
    const { per_model: models, per_key: keys, refusals, refusal_days: days } = this.stats;
    return html`
      <div class="columns">
        ${this.#renderList(
          text.topModels,
          models.map(({ model, calls }) => [model, calls]),
        )}
        ${this.#renderList(
          text.topKeys,
          keys.map(({ key_name: name, calls }) => [name ?? text.deletedKey, calls]),
        )}
        ${this.#renderList(
          text.refusals(days),
          refusals.map(({ code, count }) => [refusalText(code), count]),
        )}
      </div>
    `;
  }

  #renderList(heading: string, rows: readonly (readonly [string, number])[]) {
    const most = Math.max(1, ...rows.map(([, count]) => count));
    return html`
      <section class="card">
        <h2>${heading}</h2>
        ${
          rows.length === 0
            ? html`<p class="muted">${this.#i18n.text.none}</p>`
            : html`<ol>
                ${rows.slice(0, SHOWN).map(
                  ([name, count]) => html`
                    <li>
                      <span class="name" title=${name}>${name}</span>
                      <span class="number">${formatNumber(count)}</span>
                      <div class="share">
                        <div .style=${`width: ${(count / most) * 100}%`}></div>
                      </div>
                    </li>
                  `,
                )}
              </ol>`
        }
      </section>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'top-lists': TopLists;
  }
}
