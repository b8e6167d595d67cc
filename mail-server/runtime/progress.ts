// What a person sees while things are set up: one line a step, with its time.

export interface Progress {
  /** Runs `work` as a step; shows it when done. `detail` replaces what is shown behind its name. */
  step<T>(name: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
  say(line: string): void;
}

/** @param quiet show nothing (for the command line tool, whose output is its result) */
export function progress(quiet = false): Progress {
  const out = quiet ? () => undefined : (line: string) => void process.stdout.write(`${line}\n`);
  return {
    say: out,
    step: async (name, work) => {
      const startedAt = performance.now();
      let shown = '';
      const result = await work((text) => (shown = text));
      out(stepLine(name, shown, performance.now() - startedAt));
      return result;
    },
  };
}

/** `  ✓ name            1.2 s  detail` */
export function stepLine(name: string, detail: string, tookMs: number): string {
  const seconds = `${(tookMs / 1000).toFixed(1)} s`.padStart(8);
  return `  ✓ ${name.padEnd(22)}${seconds}${detail ? `  ${detail}` : ''}`;
}
