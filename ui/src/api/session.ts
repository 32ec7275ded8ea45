import type { LoginReply, SetupState } from '../../../src/contract/sessions';
import type { Me } from '../state/session';
import { call, useSession } from './call';

/** Signing in and out. */

export function readSetup(): Promise<SetupState> {
  return call('GET', 'setup');
}

export function readMe(): Promise<Me> {
  return call('GET', 'session');
}

export async function logIn(username: string, password: string): Promise<void> {
  const reply = await call<LoginReply>('POST', 'login', { body: { username, password } });
  useSession(reply.api_key);
}

/** Whatever the gateway says, this page forgets the session. */
export async function logOut(): Promise<void> {
  await call('POST', 'logout').catch(() => undefined);
  useSession(null);
}

interface SetupReply extends LoginReply {
  readonly key: { readonly key: string };
}

/** Makes the first admin. @returns the first API key, shown only now. */
export async function setUp(fields: {
  readonly code: string;
  readonly username: string;
  readonly password: string;
}): Promise<string> {
  const reply = await call<SetupReply>('POST', 'setup', { body: fields });
  useSession(reply.api_key);
  return reply.key.key;
}
