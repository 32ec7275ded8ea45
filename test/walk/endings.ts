import type { OutcomeKind } from '../../src/contract/usage';
import type { Settlement } from '../../src/pool/call';
import type { Random } from './random';
import type { Rig } from './rig';
import { MODELS } from './world';

/** How attempts end: mostly well, in a storm all alike. */

/**
 * A provider in trouble: the same failure on every credential, and many asking for the one model; or
 * its calls are well, and it refuses every reading.
 */
export interface Storm {
  readonly strikes: 'calls' | 'readings';
  readonly model: string;
  readonly outcome: 'faulty' | 'revoked' | 'banned';
  /** Step at which it ends. */
  readonly until: number;
}

const ENDINGS: readonly (readonly [OutcomeKind, number])[] = [
  ['done', 58],
  ['aborted', 8],
  ['partial', 5],
  ['unused', 5],
  ['limited', 5],
  ['revoked', 3],
  ['banned', 0.5],
  ['blocked', 3],
  ['refused', 4],
  ['faulty', 6],
];
/** Endings after which the caller tries another credential. */
const RETRIED: readonly (readonly [OutcomeKind, number])[] = [
  ['unused', 3],
  ['limited', 4],
  ['revoked', 3],
  ['banned', 0.5],
  ['blocked', 3],
  ['faulty', 4],
];

/** How an answer fails in a storm once it was sent, and why it may break off in any weather. */
const BROKEN = ['partial', 'aborted'] as const;
const CAUSES = ['faulty', 'limited', 'blocked', 'revoked', 'refused'] as const;

function makeSettlement(
  random: Random,
  call: { readonly callId: string; readonly attempt: number; readonly units: number },
  retried: boolean,
  storm: Storm | null,
): Settlement {
  const calm = random.weighted(retried ? RETRIED : ENDINGS);
  const inStorm = storm?.strikes === 'calls' && random.chance(0.95);
  // Some answers break off in the storm, and some callers do not wait for it to end.
  const worst = retried || random.chance(0.6) ? storm?.outcome : random.pick(BROKEN);
  const outcome = inStorm && worst !== undefined ? worst : calm;
  const counted = ['done', 'partial', 'aborted'].includes(outcome);
  const failed = !counted;
  const hasLeftEarly = outcome === 'aborted' && random.chance(inStorm ? 0.8 : 0.5);
  return {
    callId: call.callId,
    attempt: call.attempt,
    outcome,
    ...(outcome === 'partial' && random.chance(0.7)
      ? { cause: inStorm ? storm.outcome : random.pick(CAUSES) }
      : {}),
    ...(counted && random.chance(0.3) ? { units: random.int(0, call.units) } : {}),
    ...(random.chance(0.15)
      ? { charges: { image: random.int(0, 5), chat: random.int(0, 1) } }
      : {}),
    ...(outcome === 'refused' && random.chance(0.4) ? { counted: true } : {}),
    clientEmpty: failed && random.chance(0.85),
    ...(outcome === 'limited' && random.chance(0.5)
      ? { retryAfterMs: random.pick([1_000, 15_000, 900_000]) }
      : {}),
    ...(random.chance(0.3) ? { reason: 'as the walk says' } : {}),
    record: {
      status: failed ? 502 : 200,
      error: failed ? 'upstream_error' : null,
      firstPartMs: failed || hasLeftEarly ? null : random.int(1, 400),
      usage: null,
    },
  };
}

/** The end of an attempt, as the weather has it. */
export function ending(
  rig: Rig,
  call: { readonly callId: string; readonly attempt: number; readonly units: number },
  retried: boolean,
): Settlement {
  const { random } = rig;
  if (rig.storm !== null && rig.storm.until <= rig.step) rig.storm = null;
  if (rig.storm === null && random.chance(0.006)) {
    const outcome = random.weighted([
      ['faulty', 5],
      ['revoked', 4],
      ['banned', 1],
    ] as const);
    const { model } = random.pick(MODELS);
    const strikes = outcome !== 'faulty' && random.chance(0.5) ? 'readings' : 'calls';
    rig.storm = { strikes, model, outcome, until: rig.step + random.int(20, 200) };
    rig.log(`a storm of ${outcome} on ${strikes} of ${model}`);
  }
  return makeSettlement(random, call, retried, rig.storm);
}
