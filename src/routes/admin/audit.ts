import type { AdminRequest } from '../../auth/admin';
import { AuditQuery } from '../../contract/calls';
import { listAudit } from '../../store/audit';
import { readQuery, reply } from './io';

/** `GET audit?after&limit` → `{ entries, next }`, newest first. */
export async function list(request: AdminRequest, env: Env): Promise<Response> {
  const { after, limit } = readQuery(request, AuditQuery);
  return reply(await listAudit(env.DB, { after: after ?? null, limit }));
}
