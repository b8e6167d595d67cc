// Figures of a benchmark: percentiles of times, and how they are printed.

export interface Percentiles {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Nearest-rank percentiles of milliseconds. */
export function percentiles(milliseconds: readonly number[]): Percentiles {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), max: rank(1) };
}

/** One row: `what   p50 … p95 … p99 … max … ms (n)`. */
export function printRow(what: string, figures: Percentiles): void {
  const cell = (name: keyof Percentiles): string => `${name} ${figures[name].toFixed(1).padStart(7)}`;
  console.log(`${what.padEnd(46)} ${cell('p50')}  ${cell('p95')}  ${cell('p99')}  ${cell('max')} ms  (${figures.count})`);
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
