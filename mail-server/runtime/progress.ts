// What a person sees while things are set up: one line a step, with its time; on a terminal also what is under way.

export interface Progress {
  /** Runs `work` as a step; shows it when done. `detail` says what it is at, and in the end stands behind its name. */
  step<T>(name: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
  say(line: string): void;
}

export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
}

/** Back to the line's start, and clear it. */
const CLEAR_LINE = '\r\x1b[K';

export function progress(out: Output = process.stdout): Progress {
  const underWay = new Map<symbol, string>();
  const draw = () => {
    if (out.isTTY && underWay.size > 0) out.write(`  … ${[...underWay.values()].join(', ')}`);
  };
  const clear = () => {
    if (out.isTTY && underWay.size > 0) out.write(CLEAR_LINE);
  };
  const say = (line: string) => {
    clear();
    out.write(`${line}\n`);
    draw();
  };
  return {
    say,
    step: async (name, work) => {
      const startedAt = performance.now();
      const step = Symbol(name);
      let detail = '';
      const show = (text: string) => {
        clear();
        underWay.set(step, text);
        draw();
      };
      show(name);
      try {
        const result = await work((text) => {
          detail = text;
          show(text ? `${name}: ${text}` : name);
        });
        clear();
        underWay.delete(step);
        say(stepLine(name, detail, performance.now() - startedAt));
        return result;
      } finally {
        // A step that failed ends its line: what failed is told elsewhere.
        if (underWay.has(step)) clear();
        underWay.delete(step);
      }
    },
  };
}

/** `  ✓ name            1.2 s  detail` */
export function stepLine(name: string, detail: string, tookMs: number): string {
  const seconds = `${(tookMs / 1000).toFixed(1)} s`.padStart(8);
  return `  ✓ ${name.padEnd(22)}${seconds}${detail ? `  ${detail}` : ''}`;
}
