import { FAULT_AFTER_TOKENS, breakFirst, breakOff } from './break-off';
import type { Call } from './call';
import type { Script } from './faults';
import type { Chunk } from './openai-chunks';
import * as errors from './openai-errors';
import { split } from './text';

/** An answer as server-sent events; faults of the script strike on the way. */
export function eventWire(
  call: Call,
  script: Script,
  chunks: readonly Chunk[],
): AsyncGenerator<string | Uint8Array> {
  const events = eventTexts(call, script, chunks);
  return script.has('split') ? split(events) : events;
}

/** An answer as one JSON body; the same faults, as far as they make sense. */
export async function* jsonWire(call: Call, script: Script, body: unknown): AsyncGenerator<string> {
  const text = JSON.stringify(body);
  if (script.has('silent')) await call.silence();
  if (script.has('keepalive')) yield '\n\n';
  await call.wait(script.slowMs);
  await breakFirst(call, script);
  const breaks = script.has('cut') || script.has('stall') || script.has('earlyend');
  yield breaks ? text.slice(0, text.length / 2) : text;
  await breakOff(call, script);
}

async function* eventTexts(
  call: Call,
  script: Script,
  chunks: readonly Chunk[],
): AsyncGenerator<string> {
  if (script.has('silent')) await call.silence();
  if (script.has('keepalive')) yield ': keep-alive\n\n: keep-alive\n\n';
  await call.wait(script.slowMs);
  const refusal = refusedInBand(script);
  if (refusal !== null) return yield event(refusal);
  await breakFirst(call, script);
  if (script.has('streamerror')) return yield event(errors.BROKEN);
  let held = '';
  let sent = 0;
  const tokens = chunks.filter((chunk) => chunk.isToken).length;
  for (const { data, isToken } of chunks) {
    if (isToken && sent > 0) await call.wait(script.paceMs);
    if (script.has('badjson')) yield 'data: not json\n\nevent: ping\n\n';
    held += event(data);
    // `joined`: two events in one piece of the body.
    if (!script.has('joined') || held.length > 400) {
      yield held;
      held = '';
    }
    if (!isToken) continue;
    sent += 1;
    if (sent !== Math.min(FAULT_AFTER_TOKENS, tokens)) continue;
    await breakOff(call, script);
    if (script.has('earlyend')) return;
    if (script.has('inband8late')) return yield event(errors.RATE_LIMITED);
  }
  yield `${held}data: [DONE]${script.has('nonewline') ? '' : '\n\n'}`;
}

/** A refusal that is told inside a 200; null when the script has none. */
export function refusedInBand(script: Script) {
  if (script.has('inband7')) return errors.NOT_PERMITTED;
  if (script.has('inband8')) return errors.RATE_LIMITED;
  return script.has('usagelimit') ? errors.QUOTA_SPENT : null;
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
