/** `GET /health`: whether the Worker runs and what it is bound to. Asks nobody, so it answers always. */
export function getHealth(_request: Request, env: Env): Response {
  return Response.json({
    status: 'healthy',
    service: 'Grok2API',
    runtime: 'cloudflare-workers',
    build: { sha: env.BUILD_SHA },
    bindings: {
      db: isBound(env.DB),
      kv_cache: isBound(env.KV_CACHE),
      assets: isBound(env.ASSETS),
      usage_queue: isBound(env.USAGE_QUEUE),
      token_pool: isBound(env.TOKEN_POOL),
    },
  });
}

function isBound(binding: unknown): boolean {
  return binding !== undefined && binding !== null;
}
