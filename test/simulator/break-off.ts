import { CutHere } from './call';
import type { Call } from './call';
import type { Script } from './faults';

/** Faults that strike in mid-answer wait for this many tokens. */
export const FAULT_AFTER_TOKENS = 2;

// Over HTTP a break that follows at once would swallow the head and what was sent.
const FLUSH_MS = 10;

/** @throws CutHere where the script cuts the answer off before its first token. */
export async function breakFirst(call: Call, script: Script): Promise<void> {
  if (!script.has('cutfirst')) return;
  await call.wait(FLUSH_MS);
  throw new CutHere('Cut before the first token.');
}

/** @throws CutHere where the script cuts a begun answer off; waits for the client to go where it stalls. */
export async function breakOff(call: Call, script: Script): Promise<void> {
  if (script.has('stall')) await call.silence();
  if (!script.has('cut')) return;
  await call.wait(FLUSH_MS);
  throw new CutHere('Cut after the first tokens.');
}
