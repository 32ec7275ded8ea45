import { fork, type ChildProcess } from 'node:child_process';

/** A helper process that answers each message with one. It ends when its parent does. */
export class Child<Order extends object, Reply> {
  readonly #process: ChildProcess;
  /** What it says before it is asked: that it is ready. Never settles for one that says nothing. */
  readonly first: Promise<Reply>;

  constructor(file: string) {
    this.#process = fork(new URL(file, import.meta.url));
    this.first = this.#reply();
  }

  /** One order at a time. @throws when the process has ended */
  async ask(order: Order): Promise<Reply> {
    const reply = this.#reply();
    this.#process.send(order);
    return reply;
  }

  stop(): void {
    this.#process.kill();
  }

  #reply(): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const onExit = (code: number | null) => reject(new Error(`A helper process ended: ${code}.`));
    this.#process.once('exit', onExit);
    this.#process.once('message', (reply: Reply) => {
      this.#process.off('exit', onExit);
      resolve(reply);
    });
    promise.catch(() => {});
    return promise;
  }
}
