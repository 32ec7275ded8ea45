/**
 * Groups commits: the first caller commits at once; whoever comes while that commit is being made
 * durable shares the next one. No timer while idle; after a commit that served several, a short pause
 * lets the next group gather, because each commit costs an fsync on the event-loop thread.
 */

interface Group {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  size: number;
}

export interface CommitPorts {
  /** Writes everything so far, in one transaction. */
  commit(): void;
  /** Resolves when what was written is durable. */
  sync(): Promise<void>;
  wait(ms: number): Promise<void>;
  /** A commit failed: memory can no longer be trusted. */
  failed(reason: unknown): void;
  /** After each durable commit. */
  committed(): void;
}

/** The pause after a commit: a millisecond for every three callers that it served, up to so many. */
const CALLERS_PER_PAUSE_MS = 3;
const MAX_PAUSE_MS = 8;

export class CommitQueue {
  readonly #ports: CommitPorts;
  #next: Group | null = null;
  #isRunning = false;

  constructor(ports: CommitPorts) {
    this.#ports = ports;
  }

  /**
   * Resolves when everything that was changed before the call is durable.
   * @param callers - for how many this waits.
   */
  committed(callers = 1): Promise<void> {
    this.#next ??= { ...Promise.withResolvers<void>(), size: 0 };
    this.#next.size += callers;
    const { promise } = this.#next;
    if (!this.#isRunning) void this.#run();
    return promise;
  }

  /**
   * Commits here and now, for a reader that must see nothing between the commit and its look. Whoever
   * waits for the queue is told by the queue.
   * @throws what the commit has thrown, once the owner knows that memory is lost.
   */
  commitNow(): void {
    try {
      this.#ports.commit();
    } catch (reason) {
      this.#ports.failed(reason);
      throw reason;
    }
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let group = this.#next; group !== null; group = this.#next) {
      this.#next = null;
      try {
        this.#ports.commit();
        await this.#ports.sync();
      } catch (reason) {
        this.#isRunning = false;
        group.reject(reason);
        this.#ports.failed(reason);
        return;
      }
      group.resolve();
      this.#ports.committed();
      const pauseMs = Math.min(Math.floor(group.size / CALLERS_PER_PAUSE_MS), MAX_PAUSE_MS);
      if (pauseMs > 0) await this.#ports.wait(pauseMs);
    }
    this.#isRunning = false;
  }
}
