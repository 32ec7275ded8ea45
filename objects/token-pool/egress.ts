import type { EgressRef } from '../../src/pool/call';

/** A way out that failed is suspect for this long. */
const SUSPECT_MS = 30_000;

/** Ways out. There is one so far; blamed, it is marked and still used. */
export class EgressNodes {
  #suspectUntil = 0;

  blame(now: number): void {
    this.#suspectUntil = now + SUSPECT_MS;
  }

  ref(now: number): EgressRef {
    return { id: 'direct', kind: 'direct', suspect: this.#suspectUntil > now };
  }
}
