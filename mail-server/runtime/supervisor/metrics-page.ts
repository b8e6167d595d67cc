// One page of metrics from those of many processes, in Prometheus' text format: a metric's HELP and TYPE lines may
// stand there once only, with all its series below. Pure.

interface Family {
  /** `# HELP` and `# TYPE`. */
  head: string[];
  series: string[];
}

/** Puts pages together; families in order of name, each process's series in the order of `pages`. */
export function joinPages(pages: readonly string[]): string {
  const families = new Map<string, Family>();
  for (const page of pages) {
    let current: Family | undefined;
    let isNew = false;
    for (const line of page.split('\n')) {
      if (line.trim() === '') continue;
      const comment = /^# (HELP|TYPE) (\S+)/.exec(line);
      if (!comment) {
        current?.series.push(line);
        continue;
      }
      const [, kind, name = ''] = comment;
      if (kind === 'HELP') {
        isNew = !families.has(name);
        current = families.get(name) ?? { head: [], series: [] };
        families.set(name, current);
      }
      if (isNew) current?.head.push(line);
    }
  }
  const sorted = [...families].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { head, series }]) => `${[...head, ...series].join('\n')}\n`).join('');
}
