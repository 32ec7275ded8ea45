import type { Script } from './faults';
import { cookiesOf } from './recording';

const RPC = {
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The error inside a body: `{code, message, details}`. */
export function rpcError(kind: keyof typeof RPC, message: string) {
  return { code: RPC[kind], message, details: [] };
}

export const ANTI_BOT = { message: 'Request rejected by anti-bot rules.', code: 7, details: [] };
export const TOO_MANY = { message: 'Too many requests', code: 8, details: [] };
export const USAGE_LIMIT = { message: "You've reached your usage limit for now.", code: 8 };

/**
 * What the site answers to any path for this session; null lets the request in.
 * Some paths do without `x-statsig-id`.
 */
export function gateRefusal(
  credential: string,
  script: Script,
  headers: Headers,
  asksStatsig = true,
): Response | null {
  const challenged =
    script.has('challenge') ||
    (script.has('agent') && !(headers.get('user-agent') ?? '').includes('Mozilla')) ||
    (script.has('clearance') && !cookiesOf(headers).has('cf_clearance'));
  if (challenged) return challenge();
  if (script.has('e500')) return serverError();
  if (script.has('e503')) return new Response('upstream connect error', { status: 503 });
  if (credential === '' || script.has('unauthorized')) {
    return Response.json(rpcError('unauthenticated', 'Session not found'), { status: 401 });
  }
  if (script.has('banned')) {
    const message = 'User is blocked [WKE=unauthorized:blocked-user]';
    return Response.json(rpcError('permissionDenied', message), { status: 403 });
  }
  const lacksStatsig = asksStatsig && script.has('statsig') && !headers.has('x-statsig-id');
  if (script.has('antibot') || lacksStatsig) {
    return Response.json({ error: ANTI_BOT }, { status: 403 });
  }
  return null;
}

/** What a chat is answered before it is accepted; null lets it on. */
export function chatRefusal(script: Script): Response | null {
  if (script.has('limitedhtml')) return edgeLimit();
  if (script.has('limited')) return tooMany(script.retryAfterS);
  if (script.has('moderated')) {
    const message = 'Content violates usage guidelines. [WKE=grok:content-moderated]';
    return Response.json({ error: { code: 'content-moderated', message } }, { status: 403 });
  }
  return null;
}

/** JSON 429, with the seconds until a retry can succeed where the site says them. */
export function tooMany(retryAfterS: number | null): Response {
  const headers: Record<string, string> =
    retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) };
  return Response.json(TOO_MANY, { status: 429, headers });
}

export function badRequest(message: string): Response {
  return Response.json(rpcError('invalidArgument', message), { status: 400 });
}

export function serverError(): Response {
  return Response.json(rpcError('internal', 'Internal error'), { status: 500 });
}

export function unknownPath(): Response {
  return Response.json(rpcError('notFound', 'Not Found'), { status: 404 });
}

/** The edge's page that asks a browser to prove itself. */
export function challenge(): Response {
  return page(
    403,
    'Just a moment...',
    '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script>',
  );
}

/** The edge's own rate limit: a page, not JSON. */
export function edgeLimit(): Response {
  return page(429, 'Access denied', '<p>You are being rate limited.</p>');
}

function page(status: number, title: string, body: string): Response {
  return new Response(
    `<!DOCTYPE html><html><head><title>${title}</title></head><body>${body}</body></html>`,
    { status, headers: { 'content-type': 'text/html; charset=UTF-8' } },
  );
}
