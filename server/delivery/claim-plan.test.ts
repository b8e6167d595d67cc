import { describe, expect, test } from 'vitest';
import { planClaims, type PlanInput } from './claim-plan.ts';

const queue = (line: string) => ({ tenantId: line.split('/')[0]!, domain: line.split('/')[1]! });
function plan(lines: string[], options: Partial<PlanInput> & { sites?: Record<string, [string, number]> } = {}) {
  const planned = planClaims({
    queues: lines.map(queue),
    room: 1_000,
    spare: () => 100,
    limitsOf: ({ domain }) => ({ site: options.sites?.[domain]?.[0] ?? null, siteRows: options.sites?.[domain]?.[1] ?? Number.POSITIVE_INFINITY }),
    tenantRows: () => Number.POSITIVE_INFINITY,
    random: 0,
    ...options,
  });
  return Object.fromEntries(planned.map((entry) => [`${entry.tenantId}/${entry.domain}`, entry.count]));
}

describe('planClaims', () => {
  test('a site that takes nothing leaves the room to the others', () => {
    expect(plan(['a/x', 'a/y', 'b/x'], { sites: { x: ['s', 0] } })).toEqual({ 'a/y': 100 });
  });

  test("a site's rows are shared between tenants, whichever of its domains they want", () => {
    const sites: Record<string, [string, number]> = { x: ['s', 12], y: ['s', 12], z: ['s', 12] };
    expect(plan(['big/x', 'big/y', 'big/z', 'small/x'], { sites })).toEqual({ 'big/x': 2, 'big/y': 2, 'big/z': 2, 'small/x': 6 });
  });

  test('one row for two tenants: each comes first at times', () => {
    const sites: Record<string, [string, number]> = { x: ['s', 1] };
    expect(plan(['a/x', 'b/x'], { sites, random: 0 })).toEqual({ 'a/x': 1 });
    expect(plan(['a/x', 'b/x'], { sites, random: 0.5 })).toEqual({ 'b/x': 1 });
  });

  test("a tenant's own limit holds over all of its domains", () => {
    expect(plan(['a/x', 'a/y', 'b/x'], { tenantRows: (tenantId) => (tenantId === 'a' ? 4 : 1_000_000) })).toEqual({ 'a/x': 2, 'a/y': 2, 'b/x': 100 });
  });

  test('no limit, no change: what fits is shared as before', () => {
    expect(plan(['a/x', 'b/x'], { room: 10 })).toEqual({ 'a/x': 5, 'b/x': 5 });
  });
});
