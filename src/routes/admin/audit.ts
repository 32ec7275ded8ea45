import type { AdminRequest } from '../../auth/admin';
import { AuditQuery } from '../../contract/calls';
import { listAudit } from '../../store/audit';
import { readQuery, reply } from './io';

/** `GET audit?after&limit&text&action&admin` → `{ entries, next }`, newest first. */
export async function list(request: AdminRequest, env: Env): Promise<Response> {
  return reply(await listAudit(env.DB, readQuery(request, AuditQuery)));
}
