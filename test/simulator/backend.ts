import type { Stage } from './call';
import { ledgerOf } from './ledger';
import { bearerOf, recordedBody, recordedHeaders } from './recording';

/** Plays the settlement backend: takes any authorised POST and keeps what it said. */
export async function playBackend({ env, request, url }: Stage): Promise<Response> {
  if (request.method !== 'POST') {
    return Response.json({ error: 'method_not_allowed' }, { status: 405 });
  }
  const bearer = bearerOf(request.headers);
  if (bearer === null) return Response.json({ error: 'unauthorized' }, { status: 401 });
  const taken = await ledgerOf(env).post(
    url.pathname + url.search,
    bearer,
    JSON.stringify(recordedHeaders(request.headers)),
    recordedBody(await request.text()),
  );
  return taken
    ? Response.json({ ok: true })
    : Response.json({ error: 'unavailable' }, { status: 500 });
}
