/** A Worker secret that the call needs is not set, or not usable. The message names it, never its value. */
export class MissingSecretError extends Error {
  override readonly name = 'MissingSecretError';
}
