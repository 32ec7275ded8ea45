import { ApiError } from './call';

/** How a file comes in. */
export interface Download {
  /** Hears how many lines have come. */
  readonly onLines: (lines: number) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const NEWLINE = 10;

/** Takes in a file line by line counted. @throws ApiError when it breaks off. */
export async function takeFile(response: Response, { onLines, signal }: Download): Promise<Blob> {
  const reader = response.body?.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let lines = 0;
  try {
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done) break;
      pieces.push(piece.value);
      lines += countLines(piece.value);
      onLines(lines);
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new ApiError(0, null, '', null, null);
  }
  return new Blob(pieces, { type: response.headers.get('content-type') ?? '' });
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}
