// Secrets of a local start: made once, kept in `.dev.vars` beside the generated configuration.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** @typedef {'CREDENTIAL_KEY' | 'SETUP_CODE' | 'INTERNAL_SECRET' | 'ADMIN_PASSWORD'} SecretName */
/** @typedef {Record<SecretName, string>} Secrets */

/** @type {Record<SecretName, () => string>} */
const MAKE = {
  CREDENTIAL_KEY: () => randomBytes(32).toString('base64'),
  SETUP_CODE: () => randomBytes(18).toString('base64url'),
  INTERNAL_SECRET: () => randomBytes(32).toString('base64url'),
  ADMIN_PASSWORD: () => randomBytes(12).toString('base64url'),
};

/**
 * Reads `.dev.vars`, adds what is missing, and keeps what is given: a secret given once holds for
 * later starts too, because stored data depends on it.
 *
 * @param {string} file
 * @param {NodeJS.Dict<string>} given
 * @returns {{ secrets: Secrets, previousPassword: string | undefined }} the password until now, when
 * there was one
 */
export function keepSecrets(file, given) {
  const stored = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const secrets = { ...stored };
  for (const [name, make] of Object.entries(MAKE)) {
    secrets[name] = given[name] || stored[name] || make();
  }
  if (Object.entries(secrets).some(([name, value]) => stored[name] !== value)) {
    writeFileSync(file, formatEnv(secrets), { mode: 0o600 });
  }
  // SAFETY: the loop above has filled every name of SecretName.
  return { secrets: /** @type {Secrets} */ (secrets), previousPassword: stored.ADMIN_PASSWORD };
}

/** @param {NodeJS.Dict<string>} values */
function formatEnv(values) {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quote(value ?? '')}\n`)
    .join('');
}

/** The reader knows no escapes, so the quote must not occur in the value. @param {string} value */
function quote(value) {
  const mark = ["'", '"', '`'].find((candidate) => !value.includes(candidate));
  if (mark === undefined || /[\r\n]/.test(value)) throw new Error('a secret cannot be stored');
  return `${mark}${value}${mark}`;
}
