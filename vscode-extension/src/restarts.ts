/** Runs a task one at a time: of all that ask while it runs, one more run serves them together. */
export class Restarts {
  readonly #task: () => Promise<void>;
  #running: Promise<void> | undefined;
  #queued: Promise<void> | undefined;

  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  /** Resolves, or rejects as the task does, when a run that began after this call has ended. */
  ask(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#task().finally(() => (this.#running = undefined));
      return this.#running;
    }
    const next = (): Promise<void> => {
      this.#queued = undefined;
      return this.ask();
    };
    this.#queued ??= this.#running.then(next, next);
    return this.#queued;
  }

  /** Resolves when no run goes and none is queued; how they ended is told to those that asked for them. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await Promise.allSettled([this.#queued ?? this.#running]);
  }
}
