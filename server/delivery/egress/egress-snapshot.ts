// What workers choose an egress by, as it was read from the database at one moment: pools, their addresses, who uses
// which, and the warm-up of each address. Types and look-ups; pure.
import type { Lane } from '../enqueue-types.ts';
import type { ProviderGroup } from '../provider-group.ts';
import { DEFAULT_EGRESS_ID } from './egress-address.ts';
import type { WarmupState } from './warmup.ts';
import type { WarmupSchedule } from './warmup-schedule.ts';

export interface SnapshotAddress {
  id: string;
  name: string;
  sourceAddress: string | null;
  ehloName: string;
  status: 'active' | 'paused' | 'retired';
  pausedUntil: Date | null;
  reason: string | null;
  schedule: WarmupSchedule | null;
  warmup: ReadonlyMap<ProviderGroup, WarmupState>;
}

export interface SnapshotPool {
  id: string;
  name: string;
  dedicatedTo: string | null;
  overflowPoolId: string | null;
  members: readonly { address: SnapshotAddress; weight: number }[];
}

export interface EgressSnapshot {
  version: number;
  pools: ReadonlyMap<string, SnapshotPool>;
  /** By `tenant lane`, with `*` for all. */
  assignments: ReadonlyMap<string, string>;
}

export const EMPTY_SNAPSHOT: EgressSnapshot = { version: 0, pools: new Map(), assignments: new Map() };

export const assignmentKey = (tenantId: string | null, lane: Lane | null): string => `${tenantId ?? '*'} ${lane ?? '*'}`;

/**
 * The pool of a tenant's lane by its most exact assignment; null: none, and the installation's own egress serves.
 * @param boundTo the pool that an operator has bound the mail to; one that is gone counts for nothing
 */
export function poolOf(snapshot: EgressSnapshot, tenantId: string, lane: Lane, boundTo: string | null = null): SnapshotPool | null {
  const { assignments } = snapshot;
  const bound = boundTo === null ? undefined : snapshot.pools.get(boundTo);
  if (bound) return bound;
  if (assignments.size === 0) return null;
  const poolId =
    assignments.get(assignmentKey(tenantId, lane)) ??
    assignments.get(assignmentKey(tenantId, null)) ??
    assignments.get(assignmentKey(null, lane)) ??
    assignments.get(assignmentKey(null, null));
  return (poolId !== undefined && snapshot.pools.get(poolId)) || null;
}

/** The pool and those that it overflows to, in order; a circle ends where it began, another tenant's own pool before it. */
export function poolChain(snapshot: EgressSnapshot, first: SnapshotPool, tenantId: string): SnapshotPool[] {
  const chain: SnapshotPool[] = [];
  for (let pool: SnapshotPool | undefined = first; pool && !chain.includes(pool); pool = snapshot.pools.get(pool.overflowPoolId ?? '')) {
    if (pool.dedicatedTo !== null && pool.dedicatedTo !== tenantId) break;
    chain.push(pool);
  }
  return chain;
}

/** The addresses that a tenant's mail of a lane may go out from now; the installation's own where nothing is assigned. */
export function egressIdsOf(snapshot: EgressSnapshot, tenantId: string, lane: Lane, boundTo: string | null = null): readonly string[] {
  const pool = poolOf(snapshot, tenantId, lane, boundTo);
  if (!pool) return [DEFAULT_EGRESS_ID];
  const members = poolChain(snapshot, pool, tenantId).flatMap((each) => each.members);
  const ids = new Set(members.filter(({ address }) => address.status === 'active').map(({ address }) => address.id));
  return ids.size > 0 ? [...ids] : [DEFAULT_EGRESS_ID];
}
