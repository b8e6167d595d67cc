// Work that is asked for by key: each key by one hand at a time, keys in the order of asking, some keys at once.
// A key that is asked for while its work runs gets another turn after the others.

export class Turns {
  readonly #hands: number;
  readonly #work: (key: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  #stopped = false;

  /** @param work must not throw */
  constructor(hands: number, work: (key: string) => Promise<void>) {
    this.#hands = hands;
    this.#work = work;
  }

  /** Asks for a turn of `key`; asking again before the turn begins adds nothing. */
  ask(key: string): void {
    if (this.#stopped) return;
    this.#waiting.add(key);
    this.#next();
  }

  /** Drops what waits and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.clear();
    await Promise.all(this.#running.values());
  }

  #next(): void {
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#hands) return;
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      const run = this.#work(key).finally(() => {
        this.#running.delete(key);
        this.#next();
      });
      this.#running.set(key, run);
    }
  }
}
