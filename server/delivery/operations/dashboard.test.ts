// The dashboard and the runbook ask for metrics by name and label; here those names are what the code really makes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { registry } from '../../infra/metrics/registry.ts';
import { rolesPage } from '../../../mail-server/runtime/supervisor/metrics-server.ts';
import '../delivery-metrics.ts';
import '../limits/limit-gauges.ts';
import '../smtp/pool-gauges.ts';
import './queue-gauges.ts';

interface Panel {
  title: string;
  type: string;
  targets?: { expr: string }[];
}
const page = (name: string) => readFileSync(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), 'utf8');
const panels = (JSON.parse(page('grafana/eider-delivery.json')) as { panels: Panel[] }).panels.filter((panel) => panel.type !== 'row');

/** Metric → its labels, of all that exist. */
async function known(): Promise<Map<string, Set<string>>> {
  const names = new Map<string, Set<string>>();
  const standard = new Registry();
  collectDefaultMetrics({ register: standard });
  for (const { name, type } of [...(await registry.getMetricsAsJSON()), ...(await standard.getMetricsAsJSON())]) {
    const made = (registry.getSingleMetric(name) ?? standard.getSingleMetric(name)) as unknown as { labelNames: string[] };
    const labels = new Set([...made.labelNames, 'role', 'pid']);
    names.set(name, labels);
    if (String(type) === 'histogram') for (const suffix of ['bucket', 'sum', 'count']) names.set(`${name}_${suffix}`, new Set([...labels, 'le']));
  }
  for (const [, name] of rolesPage([]).matchAll(/^# TYPE (\S+)/gm)) names.set(name!, new Set(['role']));
  return names;
}

/** `name{label…}` and `by (…)` of a PromQL expression. */
function asked(expression: string): { name: string; labels: string[] }[] {
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(',').map((label) => label.trim()));
  return [...expression.matchAll(/\b((?:eider|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(([, name, matchers = '']) => ({
    name: name!,
    labels: [...[...matchers.matchAll(/(\w+)(?:=|!)/g)].map(([, label]) => label!), ...grouped],
  }));
}

function faults(expressions: readonly string[], names: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return expressions.flatMap((expression) => {
    const uses = asked(expression);
    if (uses.length === 0) return [`asks for nothing: ${expression}`];
    return uses.flatMap(({ name, labels }) => {
      const has = names.get(name);
      if (!has) return [`no metric ${name}`];
      return labels.filter((label) => !has.has(label)).map((label) => `${name} has no label ${label}`);
    });
  });
}

test('every query of the dashboard is about metrics that exist, with labels that they have', async () => {
  const expressions = panels.flatMap((panel) => panel.targets?.map((target) => target.expr) ?? []);
  expect(expressions.length).toBeGreaterThan(30);
  expect(faults(expressions, await known())).toEqual([]);
});

test('and so is every alarm of the runbook', async () => {
  const alarms = page('runbook.md').split('## Alarms')[1]!.split('## ')[0]!;
  const expressions = [...alarms.matchAll(/^\| [^|]+ \| `((?:[^`])+)`/gm)].map(([, expression]) => expression!);
  expect(expressions.length).toBeGreaterThan(10);
  expect(faults(expressions, await known())).toEqual([]);
});

test('the check notices what is wrong', async () => {
  const names = await known();
  expect(faults(['sum(eider_nothing_total)', 'sum by (colour) (eider_queue_deliveries)', 'eider_queue_deliveries{tint="x"}', 'vector(1)'], names)).toEqual([
    'no metric eider_nothing_total', 'eider_queue_deliveries has no label colour', 'eider_queue_deliveries has no label tint', 'asks for nothing: vector(1)',
  ]);
});

test('every metric of the pipeline is on the dashboard', async () => {
  const text = panels.map((panel) => panel.targets?.map((target) => target.expr).join(' ')).join(' ');
  const missing = (await registry.getMetricsAsJSON()).map(({ name }) => name).filter((name) => name.startsWith('eider_') && !text.includes(name));
  expect(missing).toEqual([]);
});
