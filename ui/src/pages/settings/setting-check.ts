import type { ShownSecret } from '../../api/setting-values';
import type { SettingSpec } from './setting-spec';

/** What is wrong with a value before it is sent. */
export type Problem = 'number' | 'none' | 'address' | 'zone' | 'long' | 'other';

/** null when the gateway will take it. */
export function problemOf(spec: SettingSpec, value: unknown): Problem | null {
  if (spec.path === 'app.time_zone' && typeof value === 'string' && value !== '') {
    return isTimeZone(value) ? null : 'zone';
  }
  if (spec.schema.safeParse(value).success) return null;
  if (spec.path === 'app.app_url') return 'address';
  switch (spec.control.kind) {
    case 'number':
      return 'number';
    case 'order':
      return 'none';
    case 'text':
    case 'secret':
      return 'long';
    case 'switch':
    case 'choice':
    case 'list':
      return 'other';
  }
}

/** The edits that change something; a secret that is typed always does. */
export function changesIn(
  edits: ReadonlyMap<string, unknown>,
  stored: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, unknown> {
  return new Map([...edits].filter(([path, value]) => !isSame(value, stored.get(path))));
}

function isSame(value: unknown, stored: unknown): boolean {
  if (isSecret(stored)) return value === '' && !stored.set;
  return JSON.stringify(value) === JSON.stringify(stored);
}

export function isSecret(value: unknown): value is ShownSecret {
  return typeof value === 'object' && value !== null && 'set' in value && 'mask' in value;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
