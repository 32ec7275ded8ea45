import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Localize } from '../i18n/localize';
import { formatNumber } from '../i18n/format';
import { forgetJob, type JobState, listJobs, pauseJob, resumeJob, stopJob } from '../state/jobs';
import { controls, shared } from '../theme/shared';
import { icon } from './icon';
import './progress-bar';

const messages = {
  en: {
    failed: (count: number) => `${formatNumber(count)} failed`,
    pause: 'Pause',
    resume: 'Continue',
    stop: 'Stop',
    dismiss: 'Dismiss',
    finished: 'Finished',
    stopped: 'Stopped',
    broken: 'Stopped by an error',
  },
  zh: {
    failed: (count: number) => `失败 ${formatNumber(count)}`,
    pause: '暂停',
    resume: '继续',
    stop: '停止',
    dismiss: '关闭',
    finished: '已完成',
    stopped: '已停止',
    broken: '因错误停止',
  },
};

/** The long work of one kind of things: how far it is, with pause, stop and dismiss. */
@customElement('job-list')
export class JobList extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
      }
      .job {
        padding: 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
    `,
  ];

  /** Kinds shown, with their names for people. */
  @property({ attribute: false }) names: Readonly<Record<string, string>> = {};
  readonly #i18n = new Localize(this, messages);
  readonly #changed = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('job-changed', this.#changed);
  }

  override disconnectedCallback(): void {
    window.removeEventListener('job-changed', this.#changed);
    super.disconnectedCallback();
  }

  override render() {
    return listJobs()
      .filter(({ kind }) => Object.hasOwn(this.names, kind))
      .map((job) => this.#renderJob(job));
  }

  #renderJob(job: JobState) {
    const { text } = this.#i18n;
    const { id, done, total, failed, status, error } = job;
    const isOpen = status === 'running' || status === 'paused';
    return html`
      <div class="job stack" role="status">
        <progress-bar .done=${done} .total=${total} .label=${this.names[job.kind] ?? ''}>
          <span class="number">
            ${formatNumber(done)} / ${formatNumber(total)}
            ${failed > 0 ? ` · ${text.failed(failed)}` : nothing}
          </span>
        </progress-bar>
        <div class="row">
          ${this.#renderState(status, error)}
          ${
            status === 'running'
              ? html`<button type="button" @click=${() => pauseJob(id)}>${text.pause}</button>`
              : nothing
          }
          ${
            status === 'paused' || status === 'failed'
              ? html`<button type="button" @click=${() => resumeJob(id)}>${text.resume}</button>`
              : nothing
          }
          ${
            isOpen
              ? html`<button type="button" class="danger" @click=${() => stopJob(id)}>
                  ${icon('stop')} ${text.stop}
                </button>`
              : html`<button type="button" @click=${() => forgetJob(id)}>${text.dismiss}</button>`
          }
        </div>
      </div>
    `;
  }

  #renderState(status: JobState['status'], error: string | null) {
    const { finished, stopped, broken } = this.#i18n.text;
    const word = { finished, stopped, failed: broken, running: '', paused: '' }[status];
    if (word === '') return nothing;
    return html`<span class="grow" role=${status === 'failed' ? 'alert' : nothing}>
      ${word}${error === null || error === '' ? '' : `: ${error}`}
    </span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'job-list': JobList;
  }
}
