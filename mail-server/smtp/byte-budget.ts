// A bound on how many bytes of messages are worked on at once. Owns the waiting line; nothing else.

interface Waiter {
  bytes: number;
  start: () => void;
}

/**
 * Grants pieces of a fixed number of bytes, first come first served. One piece larger than the whole budget
 * waits until it has everything to itself.
 */
export class ByteBudget {
  private readonly total: number;
  private used = 0;
  private readonly waiting: Waiter[] = [];

  constructor(total: number) {
    this.total = total;
  }

  /** Runs `work` once `bytes` are free and gives them back when it ends. */
  async run<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const share = Math.min(bytes, this.total);
    if (this.waiting.length > 0 || this.used + share > this.total) {
      await new Promise<void>((resolve) => this.waiting.push({ bytes: share, start: resolve }));
    } else this.used += share;
    try {
      return await work();
    } finally {
      this.used -= share;
      while (this.waiting[0] && this.used + this.waiting[0].bytes <= this.total) {
        const next = this.waiting.shift()!;
        this.used += next.bytes;
        next.start();
      }
    }
  }
}
