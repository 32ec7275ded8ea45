import { AppError } from '../errors';
import { MINUTE_MS, retryAfterSeconds } from '../lib/time';
import {
  type Attempts,
  clearAttempts,
  countAttempt,
  forgiveAttempt,
} from '../store/login-attempts';

/** How many tries a subject has in a window. */
export interface ThrottleRule {
  readonly max: number;
  readonly windowMs: number;
}

/** Failed sign-ins of one address, and of one account from anywhere. */
export const LOGIN_RULE: ThrottleRule = { max: 10, windowMs: 15 * MINUTE_MS };

/** Wrong set-up codes, from anywhere. */
export const SETUP_RULE: ThrottleRule = { max: 5, windowMs: MINUTE_MS };

/** Ms until the next try is allowed; 0 when this one is. `failures` counts this one already. */
export function waitMs(attempts: Attempts, rule: ThrottleRule, now: number): number {
  if (attempts.failures <= rule.max) return 0;
  return Math.max(1, attempts.windowStart + rule.windowMs - now);
}

/**
 * Takes one try for each subject before the secret is looked at: tries made at once cannot pass the
 * limit together.
 * @throws AppError `too_many_attempts` with `Retry-After`.
 */
export async function takeAttempt(
  db: D1Database,
  subjects: readonly string[],
  rule: ThrottleRule,
  now: number,
): Promise<void> {
  const counted = await Promise.all(
    subjects.map((subject) => countAttempt(db, subject, rule.windowMs, now)),
  );
  const wait = Math.max(...counted.map((attempts) => waitMs(attempts, rule, now)));
  if (wait > 0) {
    throw new AppError('too_many_attempts', 'Too many failed attempts. Try again later.', {
      retryAfterS: retryAfterSeconds(wait),
    });
  }
}

/** The secret was right: the account starts anew; the address only gets this one try back. */
export async function forgiveLogin(db: D1Database, subjects: LoginSubjects): Promise<void> {
  await Promise.all([clearAttempts(db, subjects.account), forgiveAttempt(db, subjects.address)]);
}

export interface LoginSubjects {
  readonly address: string;
  readonly account: string;
}

/** Names under which failures of a sign-in are counted. */
export function loginSubjects(ip: string, username: string): LoginSubjects {
  return { address: `ip:${network(ip)}`, account: `user:${username.toLowerCase()}` };
}

/** An IPv6 client owns a /64: its addresses count as one. Anything else counts as it is. */
export function network(ip: string): string {
  if (!ip.includes(':') || ip.includes('.')) return ip;
  const [head = '', tail = ''] = ip.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = ip.includes('::') ? Math.max(0, 8 - before.length - after.length) : 0;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
