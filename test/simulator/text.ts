const TOKEN_CHARACTERS = 12;

/** Text cut into tokens at word starts; joined again they are the text. Long words are cut further. */
export function tokensOf(text: string): string[] {
  const words = text.match(/\s*\S+|\s+$/gu) ?? [];
  return words.flatMap((word) => {
    const characters = Array.from(word);
    const count = Math.ceil(characters.length / TOKEN_CHARACTERS);
    return Array.from({ length: count }, (_, index) =>
      characters.slice(index * TOKEN_CHARACTERS, (index + 1) * TOKEN_CHARACTERS).join(''),
    );
  });
}

/** `n` short words, one token each. */
export function wordTokens(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index === 0 ? '' : ' '}w${index + 1}`);
}

const SIZES = [1, 2, 3, 5, 8, 13, 21] as const;

/** Rechunks a stream at odd places: inside characters, inside frames. */
export async function* split(
  body: AsyncGenerator<string | Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let turn = 0;
  for await (const piece of body) {
    const bytes = typeof piece === 'string' ? encoder.encode(piece) : piece;
    for (let at = 0; at < bytes.length; turn += 1) {
      const size = SIZES[turn % SIZES.length] ?? 1;
      yield bytes.slice(at, at + size);
      at += size;
    }
  }
}
