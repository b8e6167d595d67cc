// A bound on octets held at once: takers wait in order until theirs fit.
export interface ByteBudget {
  /** Waits for `bytes` of the budget (one larger than all of it waits for all of it) and gives the function that returns them. */
  take(bytes: number): Promise<() => void>;
}

export function byteBudget(total: number): ByteBudget {
  let free = total;
  const waiting: { bytes: number; start(): void }[] = [];

  function pump(): void {
    while (waiting.length > 0 && waiting[0]!.bytes <= free) {
      const next = waiting.shift()!;
      free -= next.bytes;
      next.start();
    }
  }
  return {
    take(wanted) {
      const bytes = Math.min(wanted, total);
      return new Promise((resolve) => {
        const release = (): void => {
          free += bytes;
          pump();
        };
        waiting.push({ bytes, start: () => resolve(release) });
        pump();
      });
    },
  };
}
