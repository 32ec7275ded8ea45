/** Chat calls, some at once, one after another, until stopped: how long admission and answer take. */
export interface Probe {
  /** @returns ms of each call, sorted */
  stop(): Promise<readonly number[]>;
}

export function startProbe(url: string, key: string, atOnce: number): Probe {
  const durations: number[] = [];
  let isOver = false;
  const worker = async (): Promise<void> => {
    while (!isOver) {
      const startedAt = performance.now();
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'deepseek-chat',
          messages: [{ role: 'user', content: 'probe' }],
        }),
      });
      await response.text();
      if (!response.ok) throw new Error(`a probe was answered ${response.status}`);
      durations.push(performance.now() - startedAt);
    }
  };
  const workers = Promise.all(Array.from({ length: atOnce }, worker));
  return {
    async stop() {
      isOver = true;
      await workers;
      return durations.toSorted((a, b) => a - b);
    },
  };
}

/** @param share such as 0.99 @returns 0 for none */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
