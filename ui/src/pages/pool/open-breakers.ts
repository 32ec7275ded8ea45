import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { OpenBreaker } from '../../../../src/contract/overview';
import { closeBreakers } from '../../api/stats';
import { toast, toastError } from '../../components/toasts';
import { formatRelative } from '../../i18n/format';
import { Localize } from '../../i18n/localize';
import { providerName } from '../../i18n/names';
import { canChange } from '../../state/session';
import { controls, shared } from '../../theme/shared';

/** Calls are let through again: what the pool says of itself has changed. */
export class BreakersClosedEvent extends Event {
  constructor() {
    super('breakers-closed', { bubbles: true, composed: true });
  }
}

interface Messages {
  readonly calls: (provider: string, model: string) => string;
  readonly readings: (provider: string) => string;
  readonly causes: Readonly<Record<OpenBreaker['cause'], string>>;
  readonly began: (cause: string, since: number) => string;
  readonly callsHint: string;
  readonly readingsHint: string;
  readonly trial: (until: number) => string;
  /** Between two sentences. */
  readonly between: string;
  readonly close: string;
  readonly closed: string;
}

const messages: Readonly<Record<'en' | 'zh', Messages>> = {
  en: {
    calls: (provider, model) => `Calls to ${model} of ${provider} are held back`,
    readings: (provider) => `Readings of ${provider} are not believed`,
    causes: {
      revoked: 'the session was refused',
      banned: 'the account was said to be blocked',
      faulty: 'there was no usable answer',
    },
    began: (cause, since) =>
      `Several credentials failed alike ${formatRelative(since)}: ${cause}. The cause is a shared one, and no credential is blamed.`,
    callsHint: 'Callers are told to come back, and ending cooldowns of tokens changes nothing.',
    readingsHint: 'Calls go on meanwhile.',
    trial: (until) =>
      until <= Date.now()
        ? 'The next one is let through as a trial; if it is answered, this ends.'
        : `One is let through as a trial ${formatRelative(until)}; if it is answered, this ends.`,
    between: ' ',
    close: 'End this now',
    closed: 'Let through again.',
  },
  zh: {
    calls: (provider, model) => `${model} 暂停调用（${provider}）`,
    readings: (provider) => `暂不采信额度读取结果（${provider}）`,
    causes: {
      revoked: '会话被拒绝',
      banned: '上游称账号被封禁',
      faulty: '没有可用的回答',
    },
    began: (cause, since) =>
      `${formatRelative(since)}，多个凭据以同样的方式失败：${cause}。原因是共同的，因此不归咎于任何凭据。`,
    callsHint: '调用方会被告知稍后再试；解除凭据的冷却不会改变这一状态。',
    readingsHint: '调用照常进行。',
    trial: (until) =>
      until <= Date.now()
        ? '下一个请求会作为试探放行，得到回答后即恢复。'
        : `${formatRelative(until)}会放行一个请求作为试探，得到回答后即恢复。`,
    between: '',
    close: '立即恢复',
    closed: '已恢复放行。',
  },
};

/** Shared failures that hold calls back: what each means, when it is tried again, and its end. @fires breakers-closed */
@customElement('open-breakers')
export class OpenBreakers extends LitElement {
  static override styles = [
    shared,
    controls,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
      }
      .notice {
        padding: 0.75rem 1rem;
        border-radius: var(--radius-small);
        background: var(--warn-soft);
      }
      .grow {
        flex-basis: 18rem;
      }
    `,
  ];

  @property({ attribute: false }) breakers: readonly OpenBreaker[] = [];
  @state() private closing = '';
  readonly #i18n = new Localize(this, messages);

  override render() {
    return this.breakers.map((breaker) => this.#renderBreaker(breaker));
  }

  #renderBreaker({ name, cause, since, until }: OpenBreaker) {
    const { text } = this.#i18n;
    const cut = name.indexOf('/');
    const provider = providerName(name.slice(0, cut));
    const subject = name.slice(cut + 1);
    const isOfReadings = subject === 'readings';
    const sentences = [
      text.began(text.causes[cause], since),
      isOfReadings ? text.readingsHint : text.callsHint,
      text.trial(until),
    ];
    return html`
      <div class="notice row spread" role="status">
        <div class="grow">
          <h3>${isOfReadings ? text.readings(provider) : text.calls(provider, subject)}</h3>
          <p class="small">${sentences.join(text.between)}</p>
        </div>
        <button
          type="button"
          ?disabled=${!canChange() || this.closing === name}
          @click=${() => void this.#close(name)}
        >
          ${text.close}
        </button>
      </div>
    `;
  }

  async #close(name: string): Promise<void> {
    this.closing = name;
    try {
      await closeBreakers([name]);
      toast(this.#i18n.text.closed);
      this.dispatchEvent(new BreakersClosedEvent());
    } catch (thrown) {
      toastError(thrown);
    } finally {
      this.closing = '';
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'open-breakers': OpenBreakers;
  }
}
