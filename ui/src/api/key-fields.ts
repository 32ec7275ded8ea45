/** What is sent of a key. */

/** What create and edit send; absent stays, null lifts the limit. `expires_at` is Unix ms. */
export interface KeyFields {
  readonly name?: string;
  readonly limits?: Readonly<Partial<Record<`${KeyKind}_per_day`, number | null>>>;
  readonly rpm?: number | null;
  readonly concurrency?: number | null;
  readonly expires_at?: number | null;
  readonly models?: readonly string[] | null;
  readonly ips?: readonly string[] | null;
  readonly is_active?: boolean;
}

/** What a key is charged for. */
export const KEY_KINDS = ['chat', 'heavy', 'image', 'video'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];
