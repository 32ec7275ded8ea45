import type { ProbeResult } from '../../src/pool/reading';
import type { TokenPatch } from '../../src/pool/token';
import { expireLeases } from './model/calls';
import { putKey } from './model/keys';
import { closeBreaker } from './model/health';
import { passTime } from './model/ledger';
import { expireReadings, noteProbes, report } from './model/readings';
import { deleteToken, importToken, patchToken } from './model/registry';
import { expectSame } from './model/state';
import type { Rig } from './rig';
import {
  BUCKETS,
  KEY_IDS,
  MAX_TOKENS,
  MIN_TOKENS,
  makeKey,
  makeSettings,
  makeToken,
} from './world';

/** Steps of everything but callers: operators, readings, the alarm, the queue's consumer. */

export function importTokens(rig: Rig): void {
  const { random, state } = rig;
  const room = MAX_TOKENS - state.tokens.size;
  const fresh = Array.from({ length: Math.min(room, random.int(1, 5)) }, (_, i) => {
    return makeToken(random, rig.step * 10 + i);
  });
  const known = [...state.tokens.values()];
  if (known.length > 0 && random.chance(0.3)) {
    const again = random.pick(known);
    const number = rig.step * 10 + 9;
    const { id, provider, fingerprint, sealedSecret } = again;
    const kept = { ...makeToken(random, number), id, provider, fingerprint, sealedSecret };
    const renewed = { fingerprint: `print-${rig.step}n`, sealedSecret: `sealed-${rig.step}n` };
    fresh.push(random.chance(0.5) ? kept : { ...kept, ...renewed });
  }
  if (fresh.length === 0) return;
  const result = rig.core.importTokens(fresh, rig.now);
  rig.log(`import ${fresh.map((token) => token.id).join()}`);
  expectSame('import counts', result.added + result.updated + result.unchanged, fresh.length);
  for (const token of fresh) rig.touched.add(importToken(state, token).id);
}

export function updateTokens(rig: Rig): void {
  const tokens = [...rig.state.tokens.values()];
  if (tokens.length === 0) return;
  const { random } = rig;
  const token = random.pick(tokens);
  const patch: TokenPatch = random.weighted<TokenPatch>([
    [{ disabled: !token.disabled }, 2],
    [{ disabled: false }, 1],
    [{ clearCooldown: true }, 4],
    [{ note: `note ${rig.step}`, tags: ['a', 'b'] }, 1],
    [{ tier: random.pick(['basic', 'super', 'heavy'] as const) }, 1],
    [{ buckets: [{ name: random.pick(BUCKETS), remaining: random.int(0, 20) }] }, 4],
    [{ buckets: [{ name: random.pick(BUCKETS), remaining: 5, limit: 40 }] }, 1],
    [{ buckets: [{ name: random.pick(BUCKETS), remaining: null }] }, 1],
  ]);
  rig.core.updateTokens([{ id: token.id }], patch, rig.now);
  rig.log(`update ${token.id} ${JSON.stringify(patch)}`);
  patchToken(rig.state, token, patch);
  rig.touched.add(token.id);
}

export function closeBreakers(rig: Rig): void {
  const open = [...rig.state.openBreakers.keys()];
  const name = rig.random.pick([...open, 'web/of-no-model']);
  const closed = rig.core.closeBreakers([name], rig.now);
  rig.log(`closeBreakers ${name}`);
  expectSame(`closed ${name}`, closed, closeBreaker(rig.state, name) ? 1 : 0);
}

export function deleteTokens(rig: Rig): void {
  const tokens = [...rig.state.tokens.values()];
  if (tokens.length <= MIN_TOKENS) return;
  const { id } = rig.random.pick(tokens);
  rig.core.deleteTokens([{ id }], rig.now);
  rig.log(`delete ${id}`);
  deleteToken(rig.state, id);
  rig.touched.add(id);
}

/** An edit; sometimes an old one that arrives late. */
export function editKey(rig: Rig): void {
  const id = rig.random.pick(KEY_IDS);
  const held = rig.state.keys.get(id)?.limits.version ?? 0;
  const version = Math.max(1, held + rig.random.pick([1, 1, 1, 0, -1]));
  const limits = makeKey(rig.random, id, version);
  const reply = rig.core.putKey(limits, rig.now);
  rig.log(`putKey ${id} v${version}`);
  expectSame(`putKey ${id}`, reply.version, putKey(rig.state, limits));
  rig.touchedKeys.add(id);
}

export function configure(rig: Rig): void {
  const settings = makeSettings(rig.random, rig.state.settings.version + 1);
  rig.core.configure(settings, rig.now);
  rig.log(`configure v${settings.version}`);
  rig.state.settings = settings;
  passTime(rig.state);
}

export function beginReadings(rig: Rig): void {
  const web = [...rig.state.tokens.values()].filter((token) => token.provider === 'web');
  if (web.length === 0) return;
  const asked = rig.storm?.strikes === 'readings' ? web.slice(0, 4) : [rig.random.pick(web)];
  const ids = asked.map((token) => token.id);
  const buckets = rig.random.chance(0.5) ? [...BUCKETS] : [rig.random.pick(BUCKETS)];
  const probes = rig.core.beginReadings(ids, buckets, rig.now);
  rig.log(
    `beginReadings ${ids.join()} ${buckets.join()} → ${probes.map((p) => p.readingId).join()}`,
  );
  noteProbes(rig.state, probes);
}

export function reportReadings(rig: Rig): void {
  const { random, state } = rig;
  const open = [...state.readings.values()];
  const old = rig.oldReadings.length > 0 && random.chance(0.05);
  if (open.length === 0 && !old) return;
  const chosen = open.length === 0 ? [] : [random.pick(open)];
  if (open.length > 1 && random.chance(0.3)) chosen.push(random.pick(open));
  if (rig.storm?.strikes === 'readings') chosen.push(...open.slice(0, 8));
  const ids = new Set(chosen.map((reading) => reading.readingId));
  if (old) ids.add(random.pick(rig.oldReadings));
  const results = [...ids].map((readingId) => makeResult(rig, readingId));
  rig.log(`report ${JSON.stringify(results)}`);
  for (const reading of chosen) rig.touched.add(reading.tokenId);
  rig.core.report(results, rig.now);
  for (const result of results) report(state, result, rig.doubts);
}

function makeResult(rig: Rig, readingId: string): ProbeResult {
  const { random } = rig;
  const weather = rig.storm !== null && rig.storm.outcome !== 'faulty' ? rig.storm.outcome : null;
  const worse = rig.storm?.strikes === 'readings' ? 0.95 : 0.7;
  if (random.chance(weather === null ? 0.2 : worse)) {
    const calm = random.pick([
      'revoked',
      'banned',
      'blocked',
      'limited',
      'faulty',
      'unused',
    ] as const);
    const outcome = weather ?? calm;
    const wait = outcome === 'limited' && random.chance(0.5) ? { retryAfterMs: 7_000 } : {};
    return { readingId, ok: false, outcome, ...wait };
  }
  const remaining = random.chance(0.03) ? null : random.int(0, 20);
  return {
    readingId,
    ok: true,
    remaining,
    limit: remaining === null || random.chance(0.4) ? null : remaining + random.int(0, 10),
    resetAfterMs: random.chance(0.5) ? random.pick([10_000, 600_000]) : null,
  };
}

/** The alarm, whenever it comes: on time, twice, or an hour late. */
export function ring(rig: Rig): void {
  const { batches, probes, failures } = rig.core.alarm(rig.now);
  if (failures.length > 0) throw failures[0];
  const expired = expireLeases(rig.state, rig.doubts);
  for (const call of expired) {
    rig.touched.add(call.tokenId);
    rig.touchedKeys.add(call.ask.keyId);
    rig.count('lost');
  }
  rig.log(`alarm → ${batches.length} batches, ${probes.length} probes, ${expired.length} expired`);
  expireReadings(rig.state);
  noteProbes(rig.state, probes);
  rig.handedOut.push(...batches);
  rig.alarmed = true;
}

export function drain(rig: Rig): void {
  const batches = rig.core.drain(rig.now);
  rig.log(`drain → ${batches.length} batches`);
  rig.handedOut.push(...batches);
}

/** The consumer's word, at any time, for any batch, more than once. */
export function ack(rig: Rig): void {
  const unacked = [...rig.state.unacked];
  if (unacked.length === 0) return;
  const ids = unacked.filter(() => rig.random.chance(0.5));
  rig.core.ack([...ids, ...(rig.random.chance(0.1) ? ['walk:999999', 'nonsense'] : [])], rig.now);
  rig.log(`ack ${ids.join()}`);
  for (const id of ids) rig.state.unacked.delete(id);
  rig.acking.push(...ids);
}

export function refuseOutside(rig: Rig): void {
  rig.core.countRefusal('key-free', 'invalid_request', rig.now);
  rig.countRefusal('key-free', 'invalid_request');
}
