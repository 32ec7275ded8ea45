import type { AnswerJob } from '../../src/chat/job';
import type { Call, CallDeps, CallPool } from '../../src/calls/ports';
import type { OnWait } from '../../src/pool/admissions';
import { CallRun } from '../../src/calls/run-call';
import type { WatchLimits } from '../../src/calls/watch';
import { ChatRequest } from '../../src/contract/chat';
import type { ModelSpec } from '../../src/models/model-spec';
import type { Admission, Ask, KeyRates, Refusal, Settlement } from '../../src/pool/call';
import {
  type Part,
  type PartStream,
  type Provider,
  type ProviderCall,
  ProviderError,
  type ProviderErrorCode,
  type ProviderOutcome,
} from '../../src/providers/provider';
import { openSocket } from '../egress/no-socket';

export const MODEL: ModelSpec = {
  id: 'test-model',
  kind: 'chat',
  provider: 'deepseek',
  dialect: 'openai',
  upstream: { model: 'upstream-model' },
  tiers: ['basic'],
  bucket: 'calls',
  units: 1,
  charges: { chat: 1 },
  capabilities: {},
};

export const RATES: KeyRates = { rpm: { limit: 60, remaining: 59, resetMs: 1_000 }, day: null };

export const text = (value: string, choice?: number): Part =>
  choice === undefined
    ? { type: 'text-delta', text: value }
    : { type: 'text-delta', text: value, choice };
export const USAGE = { input: 7, output: 3, cached: 2, reasoning: 1, estimated: false };
export const END: readonly Part[] = [
  { type: 'choice-end', choice: 0, reason: 'stop' },
  { type: 'finish', usage: USAGE },
];

export function upstreamError(
  outcome: ProviderOutcome,
  code: ProviderErrorCode,
  detail: Partial<ProviderError['detail']> = {},
): ProviderError {
  return new ProviderError(`upstream: ${outcome}`, outcome, code, { retryable: true, ...detail });
}

/** What one read of an attempt does: gives parts, throws, or waits until the call is cancelled. */
export type Step = readonly Part[] | Error | 'hang';
/** One attempt: an error instead of an answer, silence before one, or an answer. */
export type Script = Error | 'hang' | readonly Step[];

export class FakeProvider implements Provider {
  readonly id = 'deepseek';
  readonly metered = false;
  readonly secrets: string[] = [];
  readonly signals: AbortSignal[] = [];
  cancelled = 0;
  readonly #scripts: Script[];

  constructor(...scripts: Script[]) {
    this.#scripts = scripts;
  }

  async stream(call: ProviderCall): Promise<PartStream> {
    this.secrets.push(call.secret);
    this.signals.push(call.signal);
    const script = this.#scripts.shift() ?? [];
    if (script === 'hang') return hangUntil(call.signal);
    if (script instanceof Error) throw script;
    return this.#answer([...script]);
  }

  #answer(steps: Step[]): PartStream {
    return {
      read: () => {
        const step = steps.shift();
        if (step === undefined) return Promise.resolve(null);
        if (step === 'hang') return new Promise(() => undefined);
        return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
      },
      cancel: () => {
        this.cancelled += 1;
      },
    };
  }
}

export function hangUntil(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
  });
}

/** Lends `token-1`, `token-2`, … and remembers every settlement. */
export class FakePool implements CallPool {
  /** Called when a call waits for no other to ask for it any more. */
  hurried: (() => void) | null = null;
  /** Admissions are not answered until then. */
  admitHeld: Promise<unknown> | null = null;
  /** Retries are not answered until then. */
  retryHeld: Promise<unknown> | null = null;
  readonly asks: Ask[] = [];
  readonly retried: Settlement[] = [];
  readonly settled: Settlement[] = [];
  refusal: Refusal | null = null;
  retryRefusal: Refusal | null = null;
  admitFailure: Error | null = null;
  retryFailure: Error | null = null;
  suspect = false;

  async admit(ask: Ask, onWait?: OnWait): Promise<Admission | Refusal> {
    this.asks.push(ask);
    if (this.hurried !== null) onWait?.(this.hurried);
    await this.admitHeld;
    if (this.admitFailure !== null) throw this.admitFailure;
    return this.refusal ?? this.#admission(ask.callId, 1);
  }

  retry(ended: Settlement): Promise<Admission | Refusal> {
    this.retried.push(ended);
    if (this.retryHeld !== null) {
      return this.retryHeld.then(() => Promise.reject(new Error('late')));
    }
    if (this.retryFailure !== null) return Promise.reject(this.retryFailure);
    return Promise.resolve(this.retryRefusal ?? this.#admission(ended.callId, ended.attempt + 1));
  }

  settle(settlement: Settlement): void {
    this.settled.push(settlement);
  }

  #admission(callId: string, attempt: number): Admission {
    return {
      ok: true,
      lease: {
        callId,
        attempt,
        tokenId: `token-${attempt}`,
        sealedSecret: `sealed-${attempt}`,
        egress: { id: 'direct', kind: 'direct', suspect: this.suspect },
        termMs: 630_000,
      },
      versions: { settings: 1, key: 1 },
      rates: RATES,
    };
  }
}

export function refusal(code: Refusal['code'], fields: Partial<Refusal> = {}): Refusal {
  return {
    ok: false,
    code,
    retryAfterMs: null,
    limit: null,
    versions: { settings: 1, key: 1 },
    rates: null,
    ...fields,
  };
}

export function chatRequest(fields: object = {}): ChatRequest {
  return ChatRequest.parse({
    model: MODEL.id,
    messages: [{ role: 'user', content: 'hello' }],
    ...fields,
  });
}

export function runOf(
  pool: CallPool,
  provider: Provider,
  overrides: Partial<CallDeps> = {},
  callFields: Partial<Call> = {},
): CallRun {
  const request = chatRequest();
  const ask: Ask = {
    callId: 'call-1',
    keyId: 'key-1',
    keyVersion: 1,
    settingsVersion: 1,
    model: MODEL.id,
    kind: 'chat',
    ip: null,
    provider: MODEL.provider,
    tiers: MODEL.tiers,
    bucket: MODEL.bucket,
    units: 1,
    metered: false,
    charges: MODEL.charges,
    stream: true,
    termMs: 630_000,
  };
  const call: Call = {
    ask,
    model: MODEL,
    begin: (attempt) => provider.stream({ ...attempt, request }),
    ...callFields,
  };
  const deps: CallDeps = {
    pool,
    egress: () => ({ fetch: () => Promise.reject(new Error('unused')), openSocket }),
    openSecret: (_, sealed) => sealed.replace('sealed', 'secret'),
    fetchImage: () => Promise.reject(new Error('unused')),
    settings: () => ({
      provider: {
        baseUrl: 'https://up.test',
        assetsUrl: '',
        statsigId: '',
        clearance: '',
        userAgent: '',
        temporary: false,
        filterTags: [],
      },
      maxAttempts: 3,
    }),
    now: Date.now,
    wait: () => Promise.resolve(),
    ...overrides,
  };
  return new CallRun(deps, call);
}

const PATIENT: WatchLimits = {
  firstPartMs: 60_000,
  idleMs: 60_000,
  totalMs: 60_000,
  headMs: null,
  beatMs: null,
};

export function jobOf(
  fields: {
    readonly request?: object;
    readonly limits?: Partial<WatchLimits>;
    readonly style?: 'none' | 'field' | 'tags';
  } = {},
): AnswerJob {
  return {
    request: chatRequest(fields.request),
    head: { id: 'chatcmpl-1', created: 1_795_000_000, model: MODEL.id },
    limits: () => ({ ...PATIENT, ...fields.limits }),
    style: () => fields.style ?? 'field',
  };
}
