import { setTimeout as delay } from 'node:timers/promises';
import type { Miniflare } from 'miniflare';
import * as z from 'zod';

const Targets = z.array(z.looseObject({ id: z.string(), webSocketDebuggerUrl: z.string() }));
const Usage = z.looseObject({
  usedSize: z.number(),
  /** External memory of typed arrays; older engines count none. */
  backingStorageSize: z.optional(z.number()),
});
const Reply = z.looseObject({ id: z.optional(z.int()), result: z.optional(z.unknown()) });

/**
 * Bytes in use in a Worker's isolate, objects and typed arrays, after a collection.
 *
 * @param wake makes the isolate run: only then does it collect
 */
export async function heapBytes(
  miniflare: Miniflare,
  worker: string,
  wake: () => Promise<unknown>,
): Promise<number> {
  const url = await miniflare.getInspectorURL();
  const listed = await fetch(new URL('/json/list', url.href.replace(/^ws/, 'http')));
  const targets = Targets.parse(await listed.json());
  const target = targets.find(({ id }) => id.includes(worker));
  if (target === undefined) throw new Error(`No inspector for ${worker}.`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  try {
    // A second collection takes what finalizers of the first set free.
    for (let n = 0; n < 2; n++) await collect(socket, wake);
    const usage = Usage.parse(await command(socket, 'Runtime.getHeapUsage'));
    return usage.usedSize + (usage.backingStorageSize ?? 0);
  } finally {
    socket.close();
  }
}

async function collect(socket: WebSocket, wake: () => Promise<unknown>): Promise<void> {
  let isDone = false;
  const done = command(socket, 'HeapProfiler.collectGarbage').then(() => (isDone = true));
  while (!isDone) {
    await wake();
    await delay(10);
  }
  await done;
}

let lastId = 0;

function command(socket: WebSocket, method: string): Promise<unknown> {
  const id = ++lastId;
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const listen = (event: MessageEvent) => {
    const reply = Reply.parse(JSON.parse(String(event.data)));
    if (reply.id !== id) return;
    socket.removeEventListener('message', listen);
    resolve(reply.result);
  };
  socket.addEventListener('message', listen);
  socket.send(JSON.stringify({ id, method }));
  return promise;
}
