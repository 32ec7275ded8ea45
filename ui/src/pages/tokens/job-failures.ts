import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Localize } from '../../i18n/localize';
import { listJobs } from '../../state/jobs';
import { shared } from '../../theme/shared';
import { messages } from './messages';

/** Which tokens a job failed on, and why. Kept beside the job, so that a reload still tells. */

interface Failure {
  readonly id: string;
  readonly reason: string;
}

const KEPT = 'token-job-failures';
/** Enough to see what is wrong; all are counted. */
const MAX_KEPT = 100;

export function recordFailures(jobId: string, failures: readonly Failure[]): void {
  if (failures.length === 0) return;
  const open = new Set(listJobs().map(({ id }) => id));
  const kept = Object.entries(read()).filter(([id]) => open.has(id));
  const all = Object.fromEntries(kept);
  all[jobId] = [...(all[jobId] ?? []), ...failures].slice(0, MAX_KEPT);
  try {
    localStorage.setItem(KEPT, JSON.stringify(all));
  } catch {
    // Not kept: the job still counts them.
  }
}

function read(): Record<string, readonly Failure[]> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    // SAFETY: only `recordFailures` writes it, and what it is not is filtered out.
    const all = Object.entries(kept) as [string, unknown][];
    return Object.fromEntries(all.map(([id, list]) => [id, listOf(list)]));
  } catch {
    return {};
  }
}

function listOf(value: unknown): readonly Failure[] {
  return Array.isArray(value) ? value.filter(isFailure) : [];
}

function isFailure(value: unknown): value is Failure {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'reason' in value &&
    typeof value.reason === 'string'
  );
}

/** Lists the failures of the jobs that are still shown. */
@customElement('job-failures')
export class JobFailures extends LitElement {
  static override styles = [
    shared,
    css`
      summary {
        display: flex;
        align-items: center;
        min-height: var(--control);
        color: var(--alarm);
        cursor: pointer;
      }
      ul {
        max-height: 14rem;
        margin: 0;
        padding: 0 0 0 1.25rem;
        overflow-y: auto;
      }
      a {
        display: inline-block;
        min-height: 1.5rem;
      }
    `,
  ];

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
    const all = read();
    return listJobs().map(({ id, kind, failed }) => {
      const failures = all[id] ?? [];
      return failures.length === 0 ? '' : this.#renderJob(kind, failed, failures);
    });
  }

  #renderJob(kind: string, failed: number, failures: readonly Failure[]) {
    const { text } = this.#i18n;
    const rest = failed - failures.length;
    return html`
      <details class="small">
        <summary>
          ${text.jobs[kind] ?? kind}: ${text.failures(Math.max(failed, failures.length))}
        </summary>
        <ul>
          ${failures.map(
            ({ id, reason }) =>
              html`<li>
                <a class="mono" href="/admin/token?id=${encodeURIComponent(id)}">${id}</a>:
                ${this.#reasonOf(reason)}
              </li>`,
          )}
          ${rest > 0 ? html`<li>${text.moreFailures(rest)}</li>` : ''}
        </ul>
      </details>
    `;
  }

  #reasonOf(reason: string): string {
    const { text } = this.#i18n;
    if (reason === 'missing') return text.missing;
    if (reason === 'unread') return text.unread;
    const verdicts: Readonly<Record<string, string>> = text.testFailed;
    return verdicts[reason] ?? reason;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'job-failures': JobFailures;
  }
}
