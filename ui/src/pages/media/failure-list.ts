import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { failureText } from '../../i18n/errors';
import { Localize } from '../../i18n/localize';
import { startJob } from '../../state/jobs';
import { controls, shared } from '../../theme/shared';
import { failuresOf, forgetFailures } from './media-jobs';
import { type MediaJobName, messages } from './messages';

const SHOWN = 20;

/** What a job could not delete and why, with a way to try again. */
@customElement('failure-list')
export class FailureList extends LitElement {
  static override styles = [shared, controls];

  @property() kind: MediaJobName = 'media.assets';
  /** The token that the job was of; empty for none. */
  @property() token = '';
  readonly #i18n = new Localize(this, messages);
  readonly #changed = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('media-failures-changed', this.#changed);
  }

  override disconnectedCallback(): void {
    window.removeEventListener('media-failures-changed', this.#changed);
    super.disconnectedCallback();
  }

  override willUpdate(): void {
    this.hidden = failuresOf(this.kind, this.token).length === 0;
  }

  override render() {
    const { text } = this.#i18n;
    const failures = failuresOf(this.kind, this.token);
    if (failures.length === 0) return nothing;
    return html`
      <section class="card" role="alert">
        <h3>${text.failures(failures.length)}</h3>
        ${failures
          .slice(0, SHOWN)
          .map(
            ({ item, reason }) =>
              html`<p class="small">
                <span class="mono">${item}</span>:
                ${/^\d+$/.test(reason) ? text.filesFailed(reason) : failureText(reason)}
              </p>`,
          )}
        <div class="row">
          <button type="button" @click=${this.#again}>${text.tryAgain}</button>
          <button type="button" @click=${() => forgetFailures(this.kind, this.token)}>
            ${text.dismiss}
          </button>
        </div>
      </section>
    `;
  }

  readonly #again = (): void => {
    const items = failuresOf(this.kind, this.token).map(({ item }) => item);
    forgetFailures(this.kind, this.token);
    startJob(this.kind, items, this.token === '' ? {} : { token: this.token });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'failure-list': FailureList;
  }
}
