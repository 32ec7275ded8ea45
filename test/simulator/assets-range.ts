/** What a `Range` header comes to for a file: bytes `from` up to, and without, `to`. */
export type Wanted =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly from: number; readonly to: number }
  | { readonly kind: 'unsatisfiable' };

/** Single ranges are honoured; what is malformed, or several, is as if it had not been asked. */
export function wantedOf(header: string | null, sizeBytes: number): Wanted {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return { kind: 'whole' };
  if (first === '') {
    const count = Math.min(Number(last), sizeBytes);
    return count === 0
      ? { kind: 'unsatisfiable' }
      : { kind: 'part', from: sizeBytes - count, to: sizeBytes };
  }
  const from = Number(first);
  const to = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (last !== '' && Number(last) < from) return { kind: 'whole' };
  return from >= sizeBytes ? { kind: 'unsatisfiable' } : { kind: 'part', from, to };
}
