import { setTimeout as delay } from 'node:timers/promises';
import { drive, driveMany, requireSound } from '../driver.ts';
import { type Figure, median, quantile } from '../figures.ts';
import { heapBytes } from '../heap.ts';
import type { LoadResult } from '../wire.ts';
import { GATEWAY, type World } from '../world.ts';

const SIZES = [10, 1_000, 100_000];
const IMPORT = 50_000;
const PAIRS = { tokens: 1_000, concurrency: 64, windowMs: 3_000 };
const SAMPLES = { answers: 3_000, windowMs: 5_000 };

/** Admit and settle by RPC from a Worker of the same workerd; the journal is verified afterwards. */
export async function measurePairs(world: World, rounds: number): Promise<Figure[]> {
  const pool = 'bench-pairs';
  await drive(world, `/open?pool=${pool}`);
  await drive(world, `/import?pool=${pool}&from=0&count=${PAIRS.tokens}`);
  const { concurrency, windowMs } = PAIRS;
  const command = `/pairs?pool=${pool}&concurrency=${concurrency}&ms=`;
  await drive(world, `${command}1000`);
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { pairs, refused, elapsedMs } = await drive(world, `${command}${windowMs}`);
    if (refused !== 0) throw new Error(`The pool refused ${Number(refused)} admissions.`);
    values.push((Number(pairs) / Number(elapsedMs)) * 1_000);
    await requireSound(world, pool);
  }
  return [
    {
      name: 'admit + settle by RPC, c=64, 1,000 tokens',
      unit: 'pairs/s',
      values,
      target: { of: 'value', atLeast: 2_500 },
    },
  ];
}

/** Latency of one admission by size of the pool, idle and while 50,000 tokens are imported. */
export async function measureAdmit(world: World, rounds: number): Promise<Figure[]> {
  const nothing = await sample(world, '/nothing', rounds);
  const figures = latency('HTTP to the driver and back, without admit', nothing);
  const idleP99 = new Map<number, readonly number[]>();
  for (const size of SIZES) {
    const pool = `bench-${size}`;
    await drive(world, `/open?pool=${pool}`);
    await drive(world, `/import?pool=${pool}&from=0&count=${size}`);
    const idle = await sample(world, `/admit?pool=${pool}`, rounds);
    const p99 = idle.map((result) => quantile(result.totalMs, 0.99));
    idleP99.set(size, p99);
    figures.push(...latency(`admit, ${size.toLocaleString('en-US')} tokens, idle`, idle));
    const busy = await whileImporting(world, pool, size);
    figures.push(...latency(`admit, ${size.toLocaleString('en-US')} tokens, import`, [busy]));
    figures.push({
      name: `admit p99, ${size.toLocaleString('en-US')} tokens, import : idle`,
      unit: '×',
      values: [quantile(busy.totalMs, 0.99) / median(p99)],
      target: { of: 'value', atMost: 3 },
    });
    await requireSound(world, pool);
  }
  const small = idleP99.get(10) ?? [];
  const large = idleP99.get(100_000) ?? [];
  figures.push({
    name: 'admit p99, 100,000 : 10 tokens',
    unit: '×',
    values: large.map((value, round) => value / (small[round] ?? Number.NaN)),
    target: { of: 'value', atMost: 1.5 },
  });
  return figures;
}

async function sample(world: World, command: string, rounds: number): Promise<LoadResult[]> {
  await driveMany(world, command, { answers: 500, windowMs: 2_000 });
  const results: LoadResult[] = [];
  for (let round = 0; round < rounds; round++) {
    results.push(await driveMany(world, command, SAMPLES));
  }
  return results;
}

async function whileImporting(world: World, pool: string, size: number): Promise<LoadResult> {
  let isImporting = true;
  const importing = drive(world, `/import?pool=${pool}&from=${size}&count=${IMPORT}`).finally(
    () => (isImporting = false),
  );
  const all: number[] = [];
  let last: LoadResult | null = null;
  await delay(100);
  while (isImporting) {
    last = await driveMany(world, `/admit?pool=${pool}`, { answers: 1_000, windowMs: 250 });
    all.push(...last.totalMs);
  }
  await importing;
  if (last === null) throw new Error('The import ended before it could be watched.');
  return { ...last, totalMs: all };
}

function latency(name: string, results: readonly LoadResult[]): Figure[] {
  return [0.5, 0.99].map((share) => ({
    name: `${name}, p${share * 100}`,
    unit: 'ms',
    values: results.map((result) => quantile(result.totalMs, share)),
  }));
}

/** Heap of a pool with 100,000 tokens of four buckets, and its first admission after an eviction. */
export async function measureMemory(world: World): Promise<Figure[]> {
  const pool = 'bench-memory';
  await drive(world, `/open?pool=${pool}`);
  await drive(world, `/import?pool=${pool}&from=0&count=100000`);
  const evict = () => evictPool(world, pool);
  await evict();
  const heap = () =>
    heapBytes(world.miniflare, GATEWAY, () =>
      fetch(`http://127.0.0.1:${world.ports.gateway}/health`),
    );
  const before = await heap();
  const startedAt = performance.now();
  await drive(world, `/admit?pool=${pool}`);
  const firstMs = performance.now() - startedAt;
  // A bucket is read when it is first asked for: all four are to be in memory.
  for (const bucket of ['fast', 'expert', 'heavy']) {
    await drive(world, `/admit?pool=${pool}&bucket=${bucket}`);
  }
  const after = await heap();
  const firsts = [firstMs];
  for (let n = 0; n < 4; n++) {
    await evict();
    const again = performance.now();
    await drive(world, `/admit?pool=${pool}`);
    firsts.push(performance.now() - again);
  }
  return [
    {
      name: 'heap of 100,000 tokens × 4 buckets',
      unit: 'MiB',
      values: [(after - before) / 2 ** 20],
      target: { of: 'value', atMost: 64 },
    },
    {
      name: 'first admit after eviction, 100,000 × 4',
      unit: 'ms',
      values: firsts,
      target: { of: 'value', atMost: 500 },
    },
  ];
}

/** Takes an object out of memory; it may have gone by itself. */
async function evictPool(world: World, name: string): Promise<void> {
  try {
    await world.miniflare.unsafeEvictDurableObject(GATEWAY, 'TokenPool', { name });
  } catch (error) {
    if (!String(error).includes('not currently running')) throw error;
  }
}
