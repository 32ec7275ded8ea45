import { fileURLToPath } from 'node:url';
import { createTestHarness, type TestHarness } from 'wrangler';
import * as z from 'zod';

/** The gateway and its simulator as they are deployed, over real HTTP on a free port. */
export interface Gateway {
  readonly url: string;
  readonly harness: TestHarness;
  /** The admin API, signed in. Paths are below `/api/v1/admin/`. */
  admin(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
  /** A new API key. */
  newKey(fields?: object): Promise<string>;
  /** Makes these the only credentials of a provider. Their names tell the simulator what to do. */
  useTokens(provider: string, names: readonly string[], tier?: string): Promise<void>;
  /** The simulator's control API. */
  simulator(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
  /** The calls that a credential's upstream has seen, oldest first. */
  calls(credential: string): Promise<readonly SimulatedCall[]>;
  close(): Promise<void>;
}

const SimulatedCall = z.object({
  path: z.string(),
  status: z.nullable(z.number()),
  verdict: z.string(),
  ended: z.nullable(z.string()),
  body: z.unknown(),
});
export type SimulatedCall = z.infer<typeof SimulatedCall>;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const ADMIN = { username: 'admin', password: 'correct horse battery staple' };
export const SECRETS = {
  CREDENTIAL_KEY: 'dGVzdC1vbmx5LWNyZWRlbnRpYWwta2V5LTMyLWJ5dGU=',
  SETUP_CODE: 'test-setup-code',
  INTERNAL_SECRET: 'test-internal-secret',
};

/** Starts a gateway with empty storage, an admin, and nothing else. */
export async function startGateway(
  secrets: Readonly<Record<string, string>> = {},
): Promise<Gateway> {
  const { url, harness } = await startEmptyGateway(secrets);
  await call(url, 'POST', '/api/v1/admin/setup', null, { code: SECRETS.SETUP_CODE, ...ADMIN });
  const { api_key: session } = z
    .object({ api_key: z.string() })
    .parse(await call(url, 'POST', '/api/v1/admin/login', null, ADMIN));
  return new RunningGateway(url, harness, session);
}

/** Starts a gateway that nobody has set up. */
export async function startEmptyGateway(
  secrets: Readonly<Record<string, string>> = {},
): Promise<Pick<Gateway, 'url' | 'harness'>> {
  const harness = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: './wrangler.toml',
        bindingOverrides: { EGRESS: 'simulator' },
        vars: { ALLOW_LOOPBACK: 'true' },
        secrets: { ...SECRETS, ...secrets },
      },
      { configPath: './test/simulator/wrangler.toml' },
    ],
  });
  const { url } = await harness.listen();
  await harness.getWorker().applyD1Migrations('DB');
  return { url: url.origin, harness };
}

class RunningGateway implements Gateway {
  readonly url: string;
  readonly harness: TestHarness;
  readonly #session: string;

  constructor(url: string, harness: TestHarness, session: string) {
    this.url = url;
    this.harness = harness;
    this.#session = session;
  }

  admin(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    return call(this.url, method, `/api/v1/admin/${path}`, this.#session, body);
  }

  async newKey(fields: object = {}): Promise<string> {
    const reply = await this.admin('POST', 'keys', { name: 'e2e', ...fields });
    return z.object({ data: z.object({ key: z.string() }) }).parse(reply).data.key;
  }

  async useTokens(provider: string, names: readonly string[], tier = 'basic'): Promise<void> {
    const { version } = z.object({ version: z.number() }).parse(await this.admin('GET', 'tokens'));
    const tokens = names.map((token) => ({ token }));
    await this.admin('POST', 'tokens', { provider, tier, tokens, replace: true, version });
  }

  async simulator(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const response = await this.harness
      .getWorker('simulator')
      .fetch(`http://simulator.local${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    return response.json();
  }

  async calls(credential: string): Promise<readonly SimulatedCall[]> {
    const reply = await this.simulator(
      'GET',
      `/calls?credential=${encodeURIComponent(credential)}`,
    );
    return z.object({ calls: z.array(SimulatedCall) }).parse(reply).calls;
  }

  close(): Promise<void> {
    return this.harness.close();
  }
}

async function call(
  base: string,
  method: 'GET' | 'POST',
  path: string,
  session: string | null,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(session === null ? {} : { authorization: `Bearer ${session}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
