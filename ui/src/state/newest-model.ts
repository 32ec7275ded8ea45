/** What decides which of the usable models is taken when nobody has chosen one. */
export interface Candidate {
  readonly kind: string;
  readonly isWaiting: boolean;
  readonly rank: number;
}

/**
 * As the gateway chooses where a request names no model: of the newest generation that can serve now, the
 * plain one. Kinds go by the order in which they are given; what waits comes after what does not.
 */
export function newestModel<T extends Candidate>(models: readonly T[]): T | null {
  const kinds = [...new Set(models.map(({ kind }) => kind))];
  const ready = models.filter(({ isWaiting }) => !isWaiting);
  const [first = null] = (ready.length > 0 ? ready : models).toSorted(
    (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.rank - b.rank,
  );
  return first;
}
