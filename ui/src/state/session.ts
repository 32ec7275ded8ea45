import type { Role } from '../../../src/contract/sessions';

/** Who is signed in, for whoever asks. */

export interface Me {
  readonly username: string;
  readonly role: Role;
}

let me: Me | null = null;

export function signedIn(): Me | null {
  return me;
}

export function setSignedIn(next: Me | null): void {
  me = next;
}

/** Whether this person may change things; buttons that do are disabled otherwise. */
export function canChange(): boolean {
  return me?.role === 'admin';
}
