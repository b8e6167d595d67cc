// Reads Prometheus' text format strictly: what is no line of it, or a series without its family, is an error.

export interface Series {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface ParsedMetrics {
  /** By family: `counter`, `gauge`, `histogram`. */
  types: Map<string, string>;
  series: Series[];
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?/gy;

/** @throws Error naming the first line that is wrong */
export function parseMetrics(text: string): ParsedMetrics {
  const types = new Map<string, string>();
  const series: Series[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
    if (type) {
      if (types.has(type[1]!)) throw new Error(`${type[1]} has two TYPE lines`);
      types.set(type[1]!, type[2]!);
      continue;
    }
    const parts = LINE.exec(line);
    if (!parts) throw new Error(`no line of the format: ${line}`);
    const [, name = '', labelText = '', value = ''] = parts;
    if (!types.has(name) && !types.has(name.replace(/_(bucket|sum|count)$/, ''))) throw new Error(`${name} has no TYPE`);
    const key = `${name}{${labelText}}`;
    if (seen.has(key)) throw new Error(`twice: ${key}`);
    seen.add(key);
    const labels = Object.fromEntries([...labelText.matchAll(LABEL)].map((match) => [match[1]!, match[2]!]));
    series.push({ name, labels, value: value === '+Inf' ? Infinity : Number(value) });
  }
  return { types, series };
}
