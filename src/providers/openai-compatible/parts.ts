import type { TokenUsage } from '../../contract/usage';
import { isRecord, listOf, textOf } from '../../lib/ndjson';
import type { FinishReason, Part } from '../provider';
import { cut, faultOfBody } from './faults';
import type { Frame } from './frames';
import { readUsage } from './usage';

/** What must be remembered from frame to frame of one answer. */
export interface Answer {
  /** Choices that have begun, and those among them that have ended. */
  readonly begun: Set<number>;
  readonly ended: Set<number>;
  /** Said before the first part with content, so that a frame without content is no first part. */
  about: Extract<Part, { type: 'about' }> | null;
  hasSpoken: boolean;
  sources: boolean;
  usage: TokenUsage | null;
}

export function newAnswer(): Answer {
  return {
    begun: new Set(),
    ended: new Set(),
    about: null,
    hasSpoken: false,
    sources: false,
    usage: null,
  };
}

/**
 * One step: adds the parts of a frame to `parts`. Streamed chunks and whole completions read alike.
 * @throws ProviderError when the frame is an error.
 */
export function readFrame(answer: Answer, frame: Frame, parts: Part[]): void {
  const { choices, error, usage } = frame;
  if ((error !== undefined && error !== null) || (choices === undefined && isBareError(frame))) {
    throw faultOfBody(frame);
  }
  if (!answer.hasSpoken && answer.about === null) answer.about = aboutOf(frame);
  if (usage !== undefined && usage !== null) answer.usage = readUsage(usage) ?? answer.usage;
  const list = listOf(choices);
  for (let position = 0; position < list.length; position++) {
    const choice = list[position];
    if (isRecord(choice)) readChoice(answer, choice, parts);
  }
  if (frame['citations'] !== undefined) addSources(answer, frame['citations'], parts);
}

/**
 * Adds the last part, or says that the answer is not whole.
 *
 * @param isWhole - upstream said itself that it has ended.
 * @throws ProviderError upstream_cut
 */
export function finish(answer: Answer, isWhole: boolean, parts: Part[]): void {
  if (answer.begun.size === 0) throw cut('ended without an answer');
  for (const choice of answer.begun) {
    if (answer.ended.has(choice)) continue;
    if (!isWhole) throw cut('ended without a finish reason');
    endChoice(answer, choice, 'stop', parts);
  }
  parts.push({ type: 'finish', usage: answer.usage });
}

/** `{code, message}` without an `error` around it: SiliconFlow. */
function isBareError(frame: Frame): boolean {
  return frame['code'] !== undefined && typeof frame['message'] === 'string';
}

function aboutOf(frame: Frame): Answer['about'] {
  const model = textOf(frame['model']);
  const fingerprint = textOf(frame['system_fingerprint']);
  if (model === undefined && fingerprint === undefined) return null;
  return {
    type: 'about',
    ...(model === undefined ? {} : { model }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}

function readChoice(answer: Answer, choice: Frame, parts: Part[]): void {
  const { index, delta, message, finish_reason: reason, usage, logprobs } = choice;
  const number = typeof index === 'number' ? index : 0;
  answer.begun.add(number);
  // Moonshot puts the figures of a stream into its last choice.
  if (usage !== undefined && usage !== null) answer.usage = readUsage(usage) ?? answer.usage;
  const said = isRecord(delta) ? delta : message;
  if (isRecord(said)) readDelta(answer, number, said, logprobs, parts);
  if (typeof reason === 'string' && reason !== '') {
    endChoice(answer, number, finishReason(reason), parts);
  }
}

function readDelta(
  answer: Answer,
  choice: number,
  delta: Frame,
  logprobs: unknown,
  parts: Part[],
): void {
  const {
    content,
    reasoning_content: thought = delta['reasoning'],
    refusal,
    tool_calls: calls,
    function_call: legacyCall,
  } = delta;
  if (typeof thought === 'string' && thought !== '') {
    addText(answer, 'reasoning-delta', choice, thought, parts);
  }
  if (typeof content === 'string' && content !== '') {
    if (logprobs === undefined || logprobs === null) {
      addText(answer, 'text-delta', choice, content, parts);
    } else add(answer, { type: 'text-delta', text: content, ...at(choice), logprobs }, parts);
  }
  if (typeof refusal === 'string' && refusal !== '') {
    addText(answer, 'refusal-delta', choice, refusal, parts);
  }
  if (Array.isArray(calls)) addToolCalls(answer, choice, calls, parts);
  // What those hear who ask with `functions`, the name of before.
  if (isRecord(legacyCall)) addCall(answer, choice, 0, legacyCall, { kind: 'legacy' }, parts);
}

type TextType = 'text-delta' | 'reasoning-delta' | 'refusal-delta';

/** Text that continues the part before it in the same chunk becomes one with it. */
function addText(
  answer: Answer,
  type: TextType,
  choice: number,
  text: string,
  parts: Part[],
): void {
  const last = parts.at(-1);
  if (last?.type === type && (last.choice ?? 0) === choice && !('logprobs' in last)) {
    parts[parts.length - 1] = { ...last, text: last.text + text };
    return;
  }
  add(answer, { type, text, ...at(choice) }, parts);
}

function addToolCalls(
  answer: Answer,
  choice: number,
  calls: readonly unknown[],
  parts: Part[],
): void {
  for (const [position, call] of calls.entries()) {
    if (!isRecord(call)) continue;
    const called = isRecord(call['function']) ? call['function'] : {};
    const id = textOf(call['id']);
    const kind = textOf(call['type']);
    // A whole completion lists its calls without numbers.
    const index = typeof call['index'] === 'number' ? call['index'] : position;
    const named = {
      ...(id === undefined ? {} : { id }),
      ...(kind === undefined || kind === 'function' ? {} : { kind }),
    };
    addCall(answer, choice, index, called, named, parts);
  }
}

function addCall(
  answer: Answer,
  choice: number,
  index: number,
  called: Frame,
  named: { readonly id?: string; readonly kind?: string },
  parts: Part[],
): void {
  const name = textOf(called['name']);
  const written = textOf(called['arguments']);
  const part: Part = {
    type: 'tool-call-delta',
    ...at(choice),
    index,
    ...named,
    ...(name === undefined ? {} : { name }),
    ...(written === undefined ? {} : { arguments: written }),
  };
  add(answer, part, parts);
}

/** xAI lists the addresses of what it read, the same list again in later frames. */
function addSources(answer: Answer, citations: unknown, parts: Part[]): void {
  const urls = listOf(citations).filter((url) => typeof url === 'string');
  if (answer.sources || urls.length === 0) return;
  answer.sources = true;
  for (const url of urls) add(answer, { type: 'source', url, title: '' }, parts);
}

/** Some providers repeat the reason in later frames: a choice ends once. */
function endChoice(answer: Answer, choice: number, reason: FinishReason, parts: Part[]): void {
  if (answer.ended.has(choice)) return;
  answer.ended.add(choice);
  add(answer, { type: 'choice-end', choice, reason }, parts);
}

function add(answer: Answer, part: Part, parts: Part[]): void {
  if (!answer.hasSpoken) {
    answer.hasSpoken = true;
    if (answer.about !== null) parts.push(answer.about);
  }
  parts.push(part);
}

/** The first choice has no number: nearly every answer has one choice only. */
function at(choice: number): { readonly choice?: number } {
  return choice === 0 ? {} : { choice };
}

/** @throws ProviderError for reasons that mean that the answer is not whole. */
function finishReason(reason: string): FinishReason {
  switch (reason) {
    case 'length':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_calls':
    case 'function_call':
      return reason;
    case 'content_filter':
    case 'sensitive':
      return 'content_filter';
    // DeepSeek's and Zai's words for a failure of their own.
    case 'insufficient_system_resource':
    case 'network_error':
      throw cut(`finish reason ${reason}`);
    default:
      return 'stop';
  }
}
