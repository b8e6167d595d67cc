// The metrics of this process: any part of Eider makes its own here, once, at the top of a module. Counting is in
// process memory; nothing is sent anywhere. Who reads them is metrics-socket.ts.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every metric of this process. */
export const registry = new Registry();

/*
 * Names: `eider_<what>_<unit>`, counters end in `_total`, times are in seconds, sizes in bytes. Label values come from
 * small closed sets (a lane, an outcome, a provider); never an address, a domain that anybody may choose, or an id.
 */
interface Description<L extends string> {
  name: string;
  help: string;
  labels?: readonly L[];
}

export interface CountingMetric<L extends string> {
  /** Adds `by` (1). A hot path keeps what `child` gives: it spares looking the labels up. */
  inc(labels: Record<L, string>, by?: number): void;
  child(labels: Record<L, string>): { inc(by?: number): void };
}

export interface GaugeMetric<L extends string> {
  set(labels: Record<L, string>, value: number): void;
  /** Forgets all label values: for gauges that are filled anew at each reading. */
  reset(): void;
}

export interface TimingMetric<L extends string> {
  /** @param value in the metric's unit: seconds, where its name says so */
  observe(labels: Record<L, string>, value: number): void;
}

/** A number that only grows. The name ends in `_total`. */
export function counter<L extends string = never>(description: Description<L>): CountingMetric<L> {
  const metric = existing(description.name) ?? new Counter({ ...shape(description) });
  const made = metric as Counter<L>;
  return {
    inc: (labels, by = 1) => made.inc(labels as Partial<Record<L, string>>, by),
    child: (labels) => made.labels(labels as Partial<Record<L, string>>),
  };
}

/**
 * A number that goes up and down.
 * @param read fills it when metrics are read; without it, whoever knows the number sets it
 */
export function gauge<L extends string = never>(description: Description<L>, read?: (gauge: GaugeMetric<L>) => void | Promise<void>): GaugeMetric<L> {
  const metric = (existing(description.name) ??
    new Gauge({ ...shape(description), ...(read && { collect: () => read(handle) }) })) as Gauge<L>;
  const handle: GaugeMetric<L> = {
    set: (labels, value) => metric.set(labels as Partial<Record<L, string>>, value),
    reset: () => metric.reset(),
  };
  return handle;
}

/** @param buckets upper bounds, in the unit that the name tells */
export function histogram<L extends string = never>(description: Description<L> & { buckets: readonly number[] }): TimingMetric<L> {
  const metric = (existing(description.name) ?? new Histogram({ ...shape(description), buckets: [...description.buckets] })) as Histogram<L>;
  return { observe: (labels, value) => metric.observe(labels as Partial<Record<L, string>>, value) };
}

function shape<L extends string>({ name, help, labels }: Description<L>): { name: string; help: string; labelNames: L[]; registers: Registry[] } {
  return { name, help, labelNames: [...(labels ?? [])], registers: [registry] };
}

/** A development server loads changed modules again; their metrics are here already. */
function existing(name: string): unknown {
  return registry.getSingleMetric(name);
}
