/** Length of one span of time, and how many turns between streams in it leave at once. */
const SPAN_MS = 16;
const TURNS_AT_ONCE = 32;

/**
 * The pace of writes to clients. A write is a turn of the runtime, dearer than all that is done with its
 * text: when many streams take turns, more than two a millisecond, the rest of the span's writes wait for
 * its end, and take along what comes meanwhile. A stream that has the isolate to itself never waits, and
 * none waits longer than 16 ms at a time.
 */
export class WritePace {
  #spanFrom = 0;
  #turns = 0;
  #lastStream = 0;
  #streams = 0;

  /** @returns a number for a stream that begins. */
  enter(): number {
    return ++this.#streams;
  }

  /** A stream wants to write. @returns how long it should wait. Ms. */
  next(stream: number, now: number): number {
    const passedMs = now - this.#spanFrom;
    // A clock that was set back begins a span, too.
    if (passedMs < 0 || passedMs >= SPAN_MS) {
      this.#spanFrom = now;
      this.#turns = 0;
    }
    if (stream === this.#lastStream) return 0;
    this.#lastStream = stream;
    this.#turns++;
    return this.#turns <= TURNS_AT_ONCE ? 0 : this.#spanFrom + SPAN_MS - now;
  }
}
