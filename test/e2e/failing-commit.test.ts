import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Gateway, startGateway } from './harness';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

async function chat(key: string): Promise<{ status: number; code: string | null }> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'grok-4', messages: [{ role: 'user', content: 'hello' }] }),
  });
  const text = await response.text();
  return { status: response.status, code: /"code":"(\w+)"/.exec(text)?.[1] ?? null };
}

it('a pool whose commits fail admits nobody, and goes on from storage when they work again', async () => {
  await gateway.useTokens('grok-web', ['q100-failing-commit']);
  // Never read, it would serve one call at a time, and the second might come too early.
  await gateway.admin('POST', 'tokens/refresh', { all: true });
  const key = await gateway.newKey();
  expect(await chat(key)).toMatchObject({ status: 200 });

  const storage = await gateway.harness
    .getWorker()
    .getDurableObjectStorage('TOKEN_POOL', { name: 'main' });
  await storage.exec(
    "CREATE TRIGGER torn BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'disk full'); END",
  );
  expect(await chat(key)).toEqual({ status: 503, code: 'pool_overloaded' });
  const upstream = await gateway.calls('q100-failing-commit');
  expect(upstream.filter((call) => call.path.endsWith('/conversations/new'))).toHaveLength(1);

  const again = await gateway.harness
    .getWorker()
    .getDurableObjectStorage('TOKEN_POOL', { name: 'main' });
  await again.exec('DROP TRIGGER torn');
  await expect.poll(() => chat(key)).toMatchObject({ status: 200 });
  expect(await gateway.admin('GET', 'verify')).toMatchObject({ ok: true, differences: [] });
});
