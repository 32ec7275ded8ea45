import type { Role, SessionItem } from '../../../src/contract/sessions';
import { call } from './call';

/** Those who sign in, their sessions, and what they changed. */

export interface AdminItem {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  /** Unix ms. */
  readonly created_at: number;
}

export async function readAdmins(signal: AbortSignal): Promise<readonly AdminItem[]> {
  const reply = await call<{ readonly admins: readonly AdminItem[] }>('GET', 'admins', { signal });
  return reply.admins;
}

export async function createAdmin(fields: {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
}): Promise<void> {
  await call('POST', 'admins', { body: fields });
}

/** Another account's role, or a password for who has forgotten theirs; absent fields stay. */
export async function updateAdmin(fields: {
  readonly id: string;
  readonly role?: Role;
  readonly password?: string;
}): Promise<void> {
  await call('POST', 'admins/update', { body: fields });
}

export async function deleteAdmin(id: string): Promise<void> {
  await call('POST', 'admins/delete', { body: { id } });
}

/** Every other session of this account ends. @returns how many there were. */
export async function changePassword(current: string, next: string): Promise<number> {
  const body = { current_password: current, new_password: next };
  return (await call<{ readonly revoked: number }>('POST', 'password', { body })).revoked;
}

export async function readSessions(signal: AbortSignal): Promise<readonly SessionItem[]> {
  const options = { signal };
  const reply = await call<{ readonly sessions: readonly SessionItem[] }>(
    'GET',
    'sessions',
    options,
  );
  return reply.sessions;
}

export async function endSession(id: string): Promise<void> {
  await call('POST', 'sessions/revoke', { body: { id } });
}

export async function endOtherSessions(): Promise<number> {
  return (await call<{ readonly revoked: number }>('POST', 'sessions/revoke-others')).revoked;
}

/** One change somebody made. */
export interface AuditItem {
  readonly id: number;
  /** Unix ms. */
  readonly at: number;
  readonly admin: string;
  readonly ip: string;
  readonly action: string;
  readonly target: string;
  readonly detail: string;
}

export interface AuditPage {
  readonly entries: readonly AuditItem[];
  readonly next: number | null;
}

/** Newest first. @param after the `next` of the page before; null for the first @param text found in any column */
export function readAudit(
  after: number | null,
  text: string,
  signal: AbortSignal,
): Promise<AuditPage> {
  const query = { limit: 50, text, ...(after === null ? {} : { after }) };
  return call('GET', 'audit', { query, signal });
}
