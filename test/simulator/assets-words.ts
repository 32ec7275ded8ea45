/** What a path of a file host asks for beyond the file: its words, anywhere between slashes, dashes, dots. */
export interface AssetWords {
  has(word: Misbehaviour): boolean;
  /** `big<mb>`: the file's size in bytes. */
  readonly bigBytes: number | null;
  /** `slowasset<ms>`: before the head. */
  readonly slowMs: number;
  /** `status<code>`: instead of the file. */
  readonly status: number | null;
}

const MISBEHAVIOURS = ['html', 'svg', 'cookie', 'untyped', 'nolength', 'cutasset'] as const;
export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

const MIB = 1_024 * 1_024;
const KNOWN: ReadonlySet<string> = new Set(MISBEHAVIOURS);

/** Reads the words of a path such as `users/…/generated/a1-big40-slowasset50/generated_video.mp4`. */
export function assetWordsOf(path: string): AssetWords {
  const flags = new Set<string>();
  const numbers = new Map<string, number>();
  for (const word of path.split(/[/.-]/)) {
    if (KNOWN.has(word)) flags.add(word);
    const match = /^([a-z]+)(\d+)$/.exec(word);
    if (match?.[1] !== undefined) numbers.set(match[1], Number(match[2]));
  }
  const bigMib = numbers.get('big');
  return {
    has: (word) => flags.has(word),
    bigBytes: bigMib === undefined ? null : bigMib * MIB,
    slowMs: numbers.get('slowasset') ?? 0,
    status: numbers.get('status') ?? null,
  };
}
