import { ProviderError, type DrawCall, type PartStream } from '../../provider';
import { shortFault, conclude, isAboutCredential, isUncounted } from './conclude';
import { FedStream, type Feed } from './fed-stream';
import { PictureSlots, type Places } from './picture-slots';
import type { PictureEvent } from './turn-pictures';

/** Asks upstream once for up to `perCall` pictures; `attempt.signal` ends it. @throws ProviderError */
export type Turn = (attempt: DrawCall) => AsyncIterable<PictureEvent>;

/**
 * Draws by as many turns as it takes, at most `concurrency` at once. Each turn fills its own places;
 * one that fails leaves the others alone (D-39, D-70). After a failure that the next turn would meet
 * as well, no further one begins.
 */
export function drawByTurns(
  call: DrawCall,
  perCall: number,
  prepare: (attempt: DrawCall) => Promise<Turn>,
): PartStream {
  const spending = { units: 0 };
  const draw = async ({ push, signal }: Feed) => {
    const attempt = { ...call, signal };
    const turn = await prepare(attempt);
    await new Drawing(attempt, perCall, turn, spending, push).run();
  };
  return new FedStream(call.signal, () => spending.units, draw);
}

class Drawing {
  readonly #attempt: DrawCall;
  readonly #perCall: number;
  readonly #turn: Turn;
  readonly #spending: { units: number };
  readonly #push: Feed['push'];
  readonly #slots: PictureSlots;
  /** Why turns failed, by their number. */
  readonly #failures: (ProviderError | undefined)[] = [];
  #isOver = false;

  constructor(
    attempt: DrawCall,
    perCall: number,
    turn: Turn,
    spending: { units: number },
    push: Feed['push'],
  ) {
    this.#attempt = attempt;
    this.#perCall = perCall;
    this.#turn = turn;
    this.#spending = spending;
    this.#push = push;
    this.#slots = new PictureSlots(attempt.task.n);
  }

  async run(): Promise<void> {
    const turns = Math.ceil(this.#slots.count / this.#perCall);
    const waiting = Array.from({ length: turns }, (_, at) => at).values();
    const work = async () => {
      for (const at of waiting) if (!this.#isOver) await this.#once(at);
    };
    const workers = Math.max(1, Math.min(this.#attempt.task.concurrency, turns));
    await Promise.all(Array.from({ length: workers }, work));
    const stopped = this.#failures.find((failure) => failure !== undefined);
    conclude(
      this.#slots,
      (index) =>
        this.#failures[Math.floor(index / this.#perCall)] ?? stopped ?? shortFault('no picture'),
      this.#push,
    );
  }

  /** @throws what is no failure of upstream: an abort, or a mistake of ours. */
  async #once(at: number): Promise<void> {
    const from = at * this.#perCall;
    const places = { from, to: Math.min(from + this.#perCall, this.#slots.count) };
    const { units } = this.#attempt.model;
    let hasBegun = false;
    this.#spending.units += units;
    try {
      for await (const event of this.#turn(this.#attempt)) {
        hasBegun ||= event.type !== 'end';
        if (event.type !== 'end') this.#tell(event, places);
        else if (this.#slots.free(places, from) !== null) this.#failures[at] = event.shortage;
      }
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) throw thrown;
      this.#failures[at] = thrown;
      // What was begun is spent, whatever ended it.
      if (!hasBegun && isUncounted(thrown)) this.#spending.units -= units;
      this.#isOver ||=
        isAboutCredential(thrown) || (thrown.outcome === 'refused' && isUncounted(thrown));
    }
  }

  /** A turn of one place shows the furthest of upstream's pictures there. */
  #tell(event: Exclude<PictureEvent, { type: 'end' }>, { from, to }: Places): void {
    if (event.type === 'withheld') return this.#slots.withhold(event.url);
    const at = from + event.index;
    const part =
      event.type === 'progress'
        ? this.#slots.progress(Math.min(at, to - 1), event.percent, event.base64)
        : this.#slots.put({ url: event.url }, { from, to }, at);
    if (part !== null) this.#push(part);
  }
}
