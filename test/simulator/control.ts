import * as z from 'zod';
import type { Stage } from './call';
import { sendEnds } from './call';
import { ledgerOf } from './ledger';
import { parsed } from './recording';

const SetUsed = z.strictObject({
  credential: z.string(),
  bucket: z.string(),
  used: z.int().min(0),
});
const FailPosts = z.strictObject({ count: z.int().min(0) });
const CALLS_SHOWN = 200;

/** The simulator's own API, on `simulator.local` or under `/__control/`. README.md lists it. */
export async function control(stage: Stage): Promise<Response> {
  const { env, request, url } = stage;
  const ledger = ledgerOf(env);
  const credential = url.searchParams.get('credential');
  const body = parsed(await request.text());
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /ledger':
      return Response.json({ buckets: (await ledger.buckets(credential)).map(publicBucket) });
    case 'GET /calls': {
      await sendEnds(env);
      const limit = Number(url.searchParams.get('limit') ?? CALLS_SHOWN);
      return Response.json({ calls: (await ledger.calls(credential, limit)).map(publicCall) });
    }
    case 'GET /backend': {
      const posts = (await ledger.posts()).map(publicPost);
      return Response.json({ count: posts.length, posts });
    }
    case 'POST /reset':
      await ledger.reset();
      return Response.json({ ok: true });
    case 'POST /set': {
      const set = SetUsed.safeParse(body);
      if (!set.success) return invalid();
      await ledger.setUsed(set.data.credential, set.data.bucket, set.data.used);
      return Response.json({ ok: true });
    }
    case 'POST /backend/fail': {
      const fail = FailPosts.safeParse(body);
      if (!fail.success) return invalid();
      await ledger.failPosts(fail.data.count);
      return Response.json({ ok: true });
    }
    default:
      return Response.json({ error: 'not_found' }, { status: 404 });
  }
}

function invalid(): Response {
  return Response.json({ error: 'invalid_body' }, { status: 400 });
}

type Ledger = ReturnType<typeof ledgerOf>;
type BucketRow = Awaited<ReturnType<Ledger['buckets']>>[number];
type CallRow = Awaited<ReturnType<Ledger['calls']>>[number];
type PostRow = Awaited<ReturnType<Ledger['posts']>>[number];

function publicBucket(row: BucketRow) {
  return {
    credential: row.credential,
    bucket: row.bucket,
    /** Calls and units accepted since the last reset. */
    accepted: row.accepted_calls,
    units: row.accepted_units,
    /** Units used in the window that opened at `startedAt` (Unix ms). */
    used: row.used_units,
    startedAt: row.started_ms,
    limit: row.limit_units,
  };
}

function publicCall(row: CallRow) {
  return {
    seq: row.seq,
    at: row.at_ms,
    credential: row.credential,
    host: row.host,
    method: row.method,
    path: row.path,
    callId: row.request_id,
    headers: parsed(row.headers),
    body: parsed(row.body),
    verdict: row.verdict,
    status: row.status,
    ended: row.ended,
  };
}

function publicPost(row: PostRow) {
  return {
    at: row.at_ms,
    path: row.path,
    bearer: row.bearer,
    headers: parsed(row.headers),
    body: parsed(row.body),
    failed: row.failed === 1,
  };
}
