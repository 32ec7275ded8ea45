import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../../components/stat-card';
import { formatNumber } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { shared } from '../../theme/shared';
import type { ImportReport } from './import-run';
import { messages } from './messages';

const SHOWN = 200;

/** What an import would do, or has done: counts, and the lines that cannot be used. */
@customElement('import-report')
export class ImportReportView extends LitElement {
  static override styles = [
    shared,
    css`
      .cards {
        grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr));
      }
      ul {
        max-height: 12rem;
        margin: 0;
        padding: 0 0 0 1.25rem;
        overflow-y: auto;
      }
    `,
  ];

  @property({ attribute: false }) report: ImportReport | null = null;
  /** It has been done. */
  @property({ type: Boolean }) done = false;
  readonly #i18n = new Localize(this, messages);

  override render() {
    const { report } = this;
    if (report === null) return nothing;
    const { text } = this.#i18n;
    return html`
      <div class="stack">
        <h3>${this.done ? text.result : text.report}</h3>
        <div class="cards">
          ${card(text.lines, report.total)}
          ${card(this.done ? text.added : text.fresh, report.added, 'good')}
          ${card(text.known, report.unchanged)}
          ${report.updated > 0 ? card(text.changed, report.updated) : nothing}
          ${card(text.repeated, report.repeats)}
          ${card(text.invalid, report.invalid.length, report.invalid.length > 0 ? 'alarm' : 'neutral')}
        </div>
        ${report.invalid.length > 0 ? this.#renderInvalid(report.invalid) : nothing}
      </div>
    `;
  }

  #renderInvalid(invalid: ImportReport['invalid']) {
    const { text } = this.#i18n;
    const rest = invalid.length - SHOWN;
    return html`
      <section class="small">
        <h3 id="invalid">${text.invalidLines}</h3>
        <ul tabindex="0" aria-labelledby="invalid">
          ${invalid
            .slice(0, SHOWN)
            .map(({ line, reason }) => html`<li>${text.line(line)}: ${text.reasons[reason]}</li>`)}
          ${rest > 0 ? html`<li>${text.moreLines(rest)}</li>` : nothing}
        </ul>
      </section>
    `;
  }
}

function card(label: string, count: number, tone: 'neutral' | 'good' | 'alarm' = 'neutral') {
  return html`<stat-card label=${label} value=${formatNumber(count)} tone=${tone}></stat-card>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'import-report': ImportReportView;
  }
}
