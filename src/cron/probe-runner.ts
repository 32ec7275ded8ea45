import { WorkerEntrypoint } from 'cloudflare:workers';
import { logError } from '../lib/log';
import type { Probe } from '../pool/reading';
import { poolStub } from '../pool/stub';
import { readSettings } from '../store/settings-read';
import { makeReadings } from '../tokens/read-quota';
import { readingDeps } from '../tokens/reading-deps';

/** Makes the readings that a pool wants: the object itself never waits for an upstream. */
export class ProbeRunner extends WorkerEntrypoint<Env> {
  /** Resolves at once; the readings go on in the background and are reported by RPC. */
  async run(pool: string, probes: readonly Probe[]): Promise<void> {
    this.ctx.waitUntil(
      this.#report(pool, probes).catch((error: unknown) => logError('probes_failed', { error })),
    );
  }

  async #report(pool: string, probes: readonly Probe[]): Promise<void> {
    const { settings } = await readSettings(this.env.DB);
    const results = await makeReadings(readingDeps(this.env, settings), probes);
    await poolStub(this.env, pool).report(results);
  }
}
