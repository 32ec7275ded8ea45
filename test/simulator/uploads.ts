import { ledgerOf } from './ledger';
import type { SimulatorEnv } from './ledger';
import { userIdOf } from './grok-user';

/** A file that an account uploaded. */
export interface Upload {
  readonly id: string;
  /** Whose it is. */
  readonly credential: string;
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

/** Keeps the bytes of an upload; who may use it is remembered by the upload's call (`newFile`). */
export async function storeUpload(env: SimulatorEnv, upload: Upload): Promise<void> {
  await ledgerOf(env).keepUpload(upload);
}

/** An upload by its id; null when it was never made, or is too old. */
export async function readUpload(env: SimulatorEnv, id: string): Promise<Upload | null> {
  return ledgerOf(env).upload(id);
}

/** Where the assets host serves an upload: `users/<uid>/<id>/content`. */
export function fileUriOf(credential: string, id: string): string {
  return `users/${userIdOf(credential)}/${id}/content`;
}
