// Holds back refreshes while an action is on its way, so that an answer from before it cannot put rows back.

let running = 0;
let waiting: (() => void) | null = null;

/** Runs `work`; refreshes asked for meanwhile happen once, after the last piece of work has ended. */
export async function whileActing<T>(work: () => Promise<T>): Promise<T> {
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    if (running === 0 && waiting) {
      const refresh = waiting;
      waiting = null;
      refresh();
    }
  }
}

/** Refreshes now, or after the actions under way. */
export function refreshWhenQuiet(refresh: () => void): void {
  if (running === 0) refresh();
  else {
    const before = waiting;
    waiting = () => {
      before?.();
      refresh();
    };
  }
}
