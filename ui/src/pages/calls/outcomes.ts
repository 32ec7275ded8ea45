/** What became of calls, in the order of a list to choose from. */
export const OUTCOMES = [
  'done',
  'partial',
  'aborted',
  'unused',
  'limited',
  'revoked',
  'banned',
  'blocked',
  'refused',
  'faulty',
  'lost',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const KINDS = ['chat', 'image', 'video'] as const;
export type Kind = (typeof KINDS)[number];

/** How a status is coloured. */
export function toneOf(status: number): 'good' | 'warn' | 'alarm' | 'neutral' {
  if (status >= 500) return 'alarm';
  if (status >= 400) return 'warn';
  return status >= 200 && status < 400 ? 'good' : 'neutral';
}
