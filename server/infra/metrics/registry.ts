// The metrics of this process: any part of Eider makes its own here, once, at the top of a module. Counting is in
// process memory; nothing is sent anywhere. Who reads them is metrics-socket.ts.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Every metric of this process. On the global object, since a bundler may put this module into several bundles, and
 * they are one process all the same.
 */
export const registry: Registry = ((globalThis as { eiderMetrics?: Registry }).eiderMetrics ??= new Registry());

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
  child(labels: Record<L, string>): { observe(value: number): void };
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

/** A number that goes up and down: whoever knows it sets it, when it changes or in `beforeReading`. */
export function gauge<L extends string = never>(description: Description<L>): GaugeMetric<L> {
  const metric = (existing(description.name) ?? new Gauge(shape(description))) as Gauge<L>;
  return {
    set: (labels, value) => metric.set(labels as Partial<Record<L, string>>, value),
    reset: () => metric.reset(),
  };
}

/** @param buckets upper bounds, in the unit that the name tells */
export function histogram<L extends string = never>(description: Description<L> & { buckets: readonly number[] }): TimingMetric<L> {
  const metric = (existing(description.name) ?? new Histogram({ ...shape(description), buckets: [...description.buckets] })) as Histogram<L>;
  return {
    observe: (labels, value) => metric.observe(labels as Partial<Record<L, string>>, value),
    child: (labels) => metric.labels(labels as Partial<Record<L, string>>),
  };
}

const readers = new Set<() => void | Promise<void>>();

/**
 * Has gauges filled before each reading of all metrics: for numbers that have to be asked for.
 * @returns what ends it
 */
export function beforeReading(read: () => void | Promise<void>): () => void {
  readers.add(read);
  return () => void readers.delete(read);
}

/**
 * All metrics of this process in Prometheus' text format.
 * @param onFault told of each reader that failed; the others are there all the same
 */
export async function metricsText(onFault: (error: unknown) => void): Promise<string> {
  for (const settled of await Promise.allSettled([...readers].map(async (read) => read()))) if (settled.status === 'rejected') onFault(settled.reason);
  return registry.metrics();
}

function shape<L extends string>({ name, help, labels }: Description<L>): { name: string; help: string; labelNames: L[]; registers: Registry[] } {
  return { name, help, labelNames: [...(labels ?? [])], registers: [registry] };
}

/** A development server loads changed modules again; their metrics are here already. */
function existing(name: string): unknown {
  return registry.getSingleMetric(name);
}
