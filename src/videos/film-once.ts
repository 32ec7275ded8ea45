import {
  type Attempt,
  type FilmTask,
  type Part,
  type PartStream,
  type Provider,
  ProviderError,
} from '../providers/provider';

/**
 * Asks upstream for a video so that it is never submitted twice: a failure after which upstream may have
 * it is final, whatever the adapter thinks of another credential.
 * @throws ProviderError, AppError
 */
export async function filmOnce(
  provider: Provider,
  attempt: Attempt,
  task: FilmTask,
): Promise<PartStream> {
  if (provider.film === undefined) {
    throw new ProviderError('This provider makes no videos.', 'refused', 'upstream_refused', {
      retryable: false,
    });
  }
  try {
    return new OnceStream(await provider.film({ ...attempt, task }));
  } catch (thrown) {
    throw asFinal(thrown);
  }
}

/** Upstream's own reply shows that no work was done, unless it failed without one. */
function asFinal(thrown: unknown, unitsSpent?: () => number): unknown {
  if (!(thrown instanceof ProviderError) || thrown.outcome !== 'faulty') return thrown;
  // The adapter has not come to the submission.
  if (unitsSpent?.() === 0) return thrown;
  const { message, outcome, code, detail } = thrown;
  return new ProviderError(message, outcome, code, { ...detail, retryable: false, cause: thrown });
}

class OnceStream implements PartStream {
  readonly #stream: PartStream;
  #hasVideo = false;
  readonly unitsSpent?: () => number;

  constructor(stream: PartStream) {
    this.#stream = stream;
    if (stream.unitsSpent !== undefined) this.unitsSpent = stream.unitsSpent;
  }

  async read(): Promise<readonly Part[] | null> {
    let parts: readonly Part[] | null;
    try {
      parts = await this.#stream.read();
    } catch (thrown) {
      throw asFinal(thrown, this.unitsSpent);
    }
    if (parts?.some(({ type }) => type === 'video') === true) this.#hasVideo = true;
    const isOver = parts === null || parts.at(-1)?.type === 'finish';
    if (isOver && !this.#hasVideo) throw withoutVideo();
    return parts;
  }

  cancel(): void {
    this.#stream.cancel();
  }
}

function withoutVideo(): ProviderError {
  return new ProviderError(
    'The upstream ended its answer without a video.',
    'faulty',
    'upstream_cut',
    { retryable: false, reason: 'no video' },
  );
}
