import type { LoginReply, SetupState } from '../../../src/contract/sessions';
import type { Me } from '../state/session';
import { ApiError, call, useSession } from './call';

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

/** @throws ApiError when the session may still be open; one that has ended already is none. */
export async function logOut(): Promise<void> {
  try {
    await call('POST', 'logout', { renews: false });
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 401) throw thrown;
  }
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
